/** A cap as a form, and beside it what it means in a sentence. */
import {
  Button,
  CloseButton,
  Fieldset,
  Group,
  Modal,
  MultiSelect,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { Cap } from "../api/types";
import { channelNames } from "../channels/kinds";
import { useChange } from "../pieces/change";
import { errorAt, isAtField } from "../pieces/field-errors";
import { Choice, LengthInput, options } from "../segments/inputs";
import { useSegmentName, useSegments } from "../segments/queries";
import { useApp } from "../shell/app";
import { type CapDraft, draftOf, lanes, ruleOf, type TierDraft } from "./draft";
import { useCaps } from "./queries";
import { capSentence } from "./sentences";
import { useRestraintWords } from "./wording";

/** Said at their fields; anything else the server objects to comes as a notice. */
const fields = ["name", "channels", "classes", "topics", "most", "rolling", "gap", "kept", "tiers"];

type Part = { draft: CapDraft; put: (change: Partial<CapDraft>) => void; error: unknown };

const numberOf = (typed: number | string) => (typeof typed === "number" ? typed : "");

function Concerns({ draft, put, error }: Part) {
  const { w, words } = useRestraintWords();
  return (
    <Fieldset legend={words.caps.concerns}>
      <Stack gap="sm">
        <MultiSelect
          label={words.caps.classes}
          placeholder={draft.classes.length > 0 ? undefined : words.caps.all}
          data={options(w.messages.class)}
          value={draft.classes}
          onChange={(classes) => put({ classes: classes as CapDraft["classes"] })}
          error={errorAt(error, "classes", w)}
        />
        <MultiSelect
          label={words.caps.channels}
          placeholder={draft.channels.length > 0 ? undefined : words.caps.all}
          data={channelNames.map((value) => ({ value, label: w.messages.channel[value] ?? value }))}
          value={draft.channels}
          onChange={(channels) => put({ channels })}
          error={errorAt(error, "channels", w)}
        />
        <TagsInput
          label={words.caps.topics}
          description={words.caps.topicsHelp}
          inputWrapperOrder={["label", "input", "description", "error"]}
          placeholder={draft.topics.length > 0 ? undefined : words.caps.all}
          acceptValueOnBlur
          value={draft.topics}
          onChange={(topics) => put({ topics })}
          error={errorAt(error, "topics", w)}
        />
      </Stack>
    </Fieldset>
  );
}

function Kept({ draft, put, error }: Part) {
  const { w, words } = useRestraintWords();
  return (
    <div>
      <Text size="sm" fw={500}>
        {words.caps.kept}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {words.caps.keptHelp}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="xs">
        {lanes.map((lane) => (
          <NumberInput
            key={lane}
            label={words.caps.lanes[lane]}
            size="xs"
            min={0}
            allowDecimal={false}
            placeholder="0"
            value={draft.kept[lane] ?? ""}
            onChange={(typed) => put({ kept: { ...draft.kept, [lane]: numberOf(typed) } })}
          />
        ))}
      </SimpleGrid>
      <Text size="xs" c="var(--bad-text)">
        {errorAt(error, "kept", w)}
      </Text>
    </div>
  );
}

function Tiers({ draft, put, error }: Part) {
  const { w, words } = useRestraintWords();
  const segments = useSegments().data ?? [];
  const change = (place: number, next: Partial<TierDraft>) =>
    put({ tiers: draft.tiers.map((one, other) => (other === place ? { ...one, ...next } : one)) });
  return (
    <div>
      <Text size="sm" fw={500}>
        {words.caps.tiers}
      </Text>
      <Text size="xs" c="dimmed" mb={6}>
        {words.caps.tiersHelp}
      </Text>
      <Stack gap="xs" align="flex-start">
        {draft.tiers.map((tier, place) => (
          <Group key={place} gap="xs" wrap="nowrap" w="100%" align="flex-end">
            <Select
              label={words.caps.segment}
              size="xs"
              searchable
              nothingFoundMessage={segments.length > 0 ? w.common.nothingFound : words.caps.noSegments}
              data={segments.map((one) => ({ value: String(one.id), label: one.name }))}
              value={tier.segment}
              onChange={(segment) => change(place, { segment })}
              style={{ flex: 1 }}
            />
            <NumberInput
              label={words.caps.most}
              size="xs"
              min={0}
              allowDecimal={false}
              value={tier.most}
              onChange={(typed) => change(place, { most: numberOf(typed) })}
              w={84}
            />
            <CloseButton
              aria-label={words.caps.removeTier(place + 1)}
              onClick={() => put({ tiers: draft.tiers.filter((_, other) => other !== place) })}
            />
          </Group>
        ))}
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => put({ tiers: [...draft.tiers, { segment: null, most: "" }] })}
        >
          {words.caps.addTier}
        </Button>
        <Text size="xs" c="var(--bad-text)">
          {errorAt(error, "tiers", w)}
        </Text>
      </Stack>
    </div>
  );
}

function Limit({ draft, put, error }: Part) {
  const { w, words } = useRestraintWords();
  const counts = draft.window !== "none";
  return (
    <Fieldset legend={words.caps.limit}>
      <Stack gap="sm">
        <Choice
          label={words.caps.window}
          words={words.caps.windows}
          value={draft.window}
          onChange={(window) => put({ window })}
        />
        {counts && (
          <Group gap="sm" align="flex-start">
            <NumberInput
              label={words.caps.most}
              min={0}
              allowDecimal={false}
              value={draft.most}
              onChange={(typed) => put({ most: numberOf(typed) })}
              error={errorAt(error, "most", w)}
              w={96}
            />
            {draft.window === "rolling" && (
              <div style={{ flex: "1 1 200px" }}>
                <LengthInput label={words.caps.length} value={draft.length} onChange={(length) => put({ length })} />
                <Text size="xs" c="var(--bad-text)">
                  {errorAt(error, "rolling", w)}
                </Text>
              </div>
            )}
          </Group>
        )}
        {counts && (
          <Switch
            label={words.caps.withGap}
            checked={draft.hasGap}
            onChange={(change) => put({ hasGap: change.currentTarget.checked })}
          />
        )}
        {(draft.hasGap || !counts) && (
          <div>
            <LengthInput label={words.caps.gap} value={draft.gap} onChange={(gap) => put({ gap })} />
            <Text size="xs" c="var(--bad-text)">
              {errorAt(error, "gap", w)}
            </Text>
          </div>
        )}
        {counts && <Kept draft={draft} put={put} error={error} />}
        {counts && <Tiers draft={draft} put={put} error={error} />}
      </Stack>
    </Fieldset>
  );
}

export function CapForm({ cap, begin, close }: { cap?: Cap; begin: CapDraft; close: () => void }) {
  const tongue = useRestraintWords();
  const { w, words } = tongue;
  const { id, params } = useApp();
  const segmentName = useSegmentName();
  const caps = useCaps();
  const [draft, setDraft] = useState<CapDraft>(cap ? draftOf(cap) : begin);
  const rule = ruleOf(draft);
  const save = useChange({
    run: () => {
      const body = { name: draft.name, ...(rule as NonNullable<typeof rule>) };
      return cap
        ? take(
            server.PATCH("/api/v1/apps/{app}/caps/{cap}", {
              params: { path: { app: id, cap: cap.id } },
              body: { version: cap.version, ...body },
            }),
          )
        : take(server.POST("/api/v1/apps/{app}/caps", { params, body }));
    },
    touches: [["caps", id]],
    done: words.caps.saved,
    told: (error) => isAtField(error, fields),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What somebody else changed meanwhile is there once the form is opened again.
    if (rule !== null) save.mutate(undefined, { onSuccess: close, onError: () => void caps.refetch() });
  };
  const part: Part = { draft, put: (change) => setDraft({ ...draft, ...change }), error: save.error };
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={cap ? words.caps.editTitle : words.caps.create}
      closeButtonProps={{ "aria-label": w.common.close }}
      // What has the focus is not hidden behind the foot, which stays in view.
      styles={{ title: { fontWeight: 650 }, content: { scrollPaddingBottom: 150 } }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={w.common.name}
            placeholder={words.caps.suggested}
            required
            withAsterisk={false}
            maxLength={200}
            value={draft.name}
            onChange={(typed) => part.put({ name: typed.currentTarget.value })}
            error={errorAt(save.error, "name", w)}
            data-autofocus
          />
          <Concerns {...part} />
          <Limit {...part} />
          <Stack gap="sm" py="sm" pos="sticky" bottom={0} bg="var(--mantine-color-body)" style={{ zIndex: 2 }}>
            <div role="status">
              <Text size="sm" c="dimmed">
                {rule ? words.caps.means : words.caps.incomplete}
              </Text>
              {rule && (
                <Text size="sm" fw={550}>
                  {capSentence(rule, segmentName, tongue)}
                </Text>
              )}
            </div>
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {w.common.cancel}
              </Button>
              <Button type="submit" disabled={rule === null} loading={save.isPending}>
                {cap ? w.common.save : words.caps.createDo}
              </Button>
            </Group>
          </Stack>
        </Stack>
      </form>
    </Modal>
  );
}
