/** A segment from one event, a number of times and a window; the count follows as one types. */
import { Autocomplete, Button, Group, NumberInput, Select, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useState, type FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { server, take } from "../api/client";
import type { Rule } from "../api/types";
import { useChange } from "../shared/change";
import { Card, Page } from "../shared/page";
import { useApp } from "../shell/app";
import { ruleSentence } from "../words/sentences";
import { useSpeech } from "../words/words";
import { useEventNames, usePreview } from "./queries";

const forever = "ever";

function Preview({ rule }: { rule: Rule | null }) {
  const { w, f } = useSpeech();
  const [settled] = useDebouncedValue(rule, 350);
  const preview = usePreview(settled);
  const counting = preview.isFetching || settled !== rule;
  return (
    <Card bg="var(--accent-soft)" style={{ border: "1px solid var(--line)" }}>
      <div aria-live="polite" style={{ minHeight: 52 }}>
        <Text fw={600} className="tabular">
          {rule === null ? w.segments.previewHint : counting || !preview.data ? w.segments.previewWait : w.segments.preview(preview.data.count)}
        </Text>
        {rule !== null && <Text size="sm">{ruleSentence(rule, { w, f })}.</Text>}
      </div>
    </Card>
  );
}

export function NewSegment() {
  const { w } = useSpeech();
  const { id, params, page } = useApp();
  const navigate = useNavigate();
  const names = useEventNames();
  const [given, setGiven] = useState({ name: "", event: "", compare: ">=", value: 1 as number | string, window: "30d" });
  const [tried, setTried] = useState(false);
  const create = useChange({ run: (body: { name: string; rule: Rule }) => take(server.POST("/api/v1/apps/{app}/segments", { params, body: { name: body.name, rule: { ...body.rule } } })), touches: [["segments", id]] });
  const { event, compare, value, window } = given;
  const rule = useMemo<Rule | null>(() => {
    if (event.trim() === "" || value === "") return null;
    return { kind: "behaviour", event: event.trim(), aggregate: "count", compare, value: Number(value), window: window === forever ? null : { last: window }, where: [] };
  }, [event, compare, value, window]);
  const submit = (submitted: FormEvent) => {
    submitted.preventDefault();
    setTried(true);
    if (rule === null || given.name.trim() === "") return;
    create.mutate({ name: given.name.trim(), rule }, { onSuccess: (segment) => void navigate(page(`segments/${segment.id}`)) });
  };
  return (
    <Page title={w.segments.create} back={{ to: page("segments"), label: w.segments.title }}>
      <Card maw={720}>
        <form onSubmit={submit} noValidate>
          <Stack gap="lg">
            <TextInput label={w.segments.name} value={given.name} error={tried && given.name.trim() === "" ? w.segments.noName : undefined} onChange={(change) => setGiven({ ...given, name: change.currentTarget.value })} />
            <Autocomplete
              label={w.segments.event} description={w.segments.eventHelp} value={event} error={tried && event.trim() === "" ? w.segments.noEventName : undefined}
              data={[...new Set(names.data?.map((one) => one.name).filter(Boolean) ?? [])]} onChange={(next) => setGiven({ ...given, event: next })}
            />
            <SimpleGrid cols={{ base: 1, xs: 3 }}>
              <Select label={w.segments.at} allowDeselect={false} value={compare} onChange={(next) => setGiven({ ...given, compare: next ?? ">=" })} data={Object.entries(w.segments.compare).map(([one, label]) => ({ value: one, label }))} />
              <NumberInput label={w.segments.count} min={0} allowDecimal={false} value={value} onChange={(next) => setGiven({ ...given, value: next })} />
              <Select
                label={w.segments.window} allowDeselect={false} value={window} onChange={(next) => setGiven({ ...given, window: next ?? forever })}
                data={[...Object.entries(w.segments.windows).map(([one, label]) => ({ value: one, label })), { value: forever, label: w.segments.forever }]}
              />
            </SimpleGrid>
            <Preview rule={rule} />
            <Group justify="flex-end">
              <Button component={Link} to={page("segments")} variant="default">
                {w.common.cancel}
              </Button>
              <Button type="submit" loading={create.isPending}>
                {w.segments.createDo}
              </Button>
            </Group>
          </Stack>
        </form>
      </Card>
    </Page>
  );
}
