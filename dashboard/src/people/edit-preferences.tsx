/** Noting what a person decided about messages, told by phone or in the shop: hours, limit and language, as a whole. */
import { Button, Checkbox, Group, Modal, NumberInput, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { Person } from "../api/types";
import { useChange } from "../pieces/change";
import { errorAt, isAtField } from "../pieces/field-errors";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";

const windows = ["1d", "7d", "14d", "30d"];
const fields = ["quiet_hours", "limit", "language"];

export function EditPreferences({ person, close }: { person: Person; close: () => void }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const before = person.preferences;
  const [quiet, setQuiet] = useState(before.quiet_hours !== null);
  const [start, setStart] = useState(before.quiet_hours?.start ?? "22:00");
  const [end, setEnd] = useState(before.quiet_hours?.end ?? "08:00");
  const [limited, setLimited] = useState(before.limit !== null);
  const [most, setMost] = useState<number | string>(before.limit?.most ?? 1);
  const [rolling, setRolling] = useState(before.limit?.rolling ?? "7d");
  const [language, setLanguage] = useState(before.language ?? "");
  const save = useChange({
    run: () =>
      take(
        server.PUT("/api/v1/apps/{app}/people/{person}/preferences", {
          params: { path: { app: id, person: person.id } },
          body: {
            quiet_hours: quiet ? { start, end } : null,
            limit: limited ? { most: Number(most), rolling } : null,
            language: language.trim() || null,
          },
        }),
      ),
    touches: [["person", id, person.id]],
    done: w.common.saved,
    told: (error) => isAtField(error, fields),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: close });
  };
  const sizes = windows.includes(rolling) ? windows : [...windows, rolling];
  return (
    <Modal
      opened
      onClose={close}
      title={w.people.preferencesEdit}
      closeButtonProps={{ "aria-label": w.common.close }}
      styles={{ title: { fontWeight: 650 } }}
    >
      <form noValidate onSubmit={submit}>
        <Stack>
          <Text size="sm">{w.people.preferencesEditHelp}</Text>
          <Checkbox
            label={w.people.ownQuietHoursWanted}
            checked={quiet}
            onChange={(change) => setQuiet(change.currentTarget.checked)}
          />
          {quiet && (
            <Group grow align="flex-start">
              <TextInput
                type="time"
                label={w.people.from}
                value={start}
                error={errorAt(save.error, "quiet_hours.start", w)}
                onChange={(change) => setStart(change.currentTarget.value)}
              />
              <TextInput
                type="time"
                label={w.people.until}
                value={end}
                error={errorAt(save.error, "quiet_hours.end", w)}
                onChange={(change) => setEnd(change.currentTarget.value)}
              />
            </Group>
          )}
          <Checkbox
            label={w.people.ownLimitWanted}
            checked={limited}
            onChange={(change) => setLimited(change.currentTarget.checked)}
          />
          {limited && (
            <Group grow align="flex-start">
              <NumberInput
                label={w.people.ownMost}
                min={1}
                max={1000}
                allowDecimal={false}
                value={most}
                error={errorAt(save.error, "limit.most", w)}
                onChange={setMost}
              />
              <Select
                label={w.people.ownWindow}
                allowDeselect={false}
                data={sizes.map((value) => ({ value, label: w.people.ownWindowOf(value) }))}
                value={rolling}
                error={errorAt(save.error, "limit.rolling", w)}
                onChange={(value) => value !== null && setRolling(value)}
              />
            </Group>
          )}
          <TextInput
            label={w.people.ownLanguage}
            description={w.people.ownLanguageHelp}
            inputWrapperOrder={["label", "input", "description", "error"]}
            maxLength={35}
            placeholder="fr"
            value={language}
            error={errorAt(save.error, "language", w)}
            onChange={(change) => setLanguage(change.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {w.common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {w.common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
