/** Quiet hours as a form, and beside it what they mean. */
import { Button, Group, Modal, MultiSelect, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { QuietHours } from "../api/types";
import { channelNames } from "../channels/kinds";
import { useChange } from "../pieces/change";
import { errorAt, isAtField } from "../pieces/field-errors";
import { options } from "../segments/inputs";
import { useApp } from "../shell/app";
import { useQuietHours } from "./queries";
import { type QuietRule, quietSentence } from "./sentences";
import { DayStrip } from "./strip";
import { useRestraintWords } from "./wording";

const fields = ["channel", "start", "end", "weekdays"];
const night: QuietRule = { channel: "", start: "22:00", end: "08:00", weekdays: [] };

export function QuietForm({ hours, close }: { hours?: QuietHours; close: () => void }) {
  const tongue = useRestraintWords();
  const { w, words } = tongue;
  const { id, params } = useApp();
  const known = useQuietHours();
  const [draft, setDraft] = useState<QuietRule>(hours ?? night);
  const put = (change: Partial<QuietRule>) => setDraft({ ...draft, ...change });
  const { channel, start, end, weekdays } = draft;
  const body = { channel, start, end, weekdays };
  const save = useChange({
    run: () =>
      hours
        ? take(
            server.PATCH("/api/v1/apps/{app}/quiet-hours/{hours}", {
              params: { path: { app: id, hours: hours.id } },
              body: { version: hours.version, ...body },
            }),
          )
        : take(server.POST("/api/v1/apps/{app}/quiet-hours", { params, body })),
    touches: [["quiet-hours", id]],
    done: words.caps.saved,
    told: (error) => isAtField(error, fields),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What somebody else changed meanwhile is there once the form is opened again.
    save.mutate(undefined, { onSuccess: close, onError: () => void known.refetch() });
  };
  const isWhole = start !== "" && end !== "";
  return (
    <Modal
      opened
      onClose={close}
      title={hours ? words.quiet.editTitle : words.quiet.create}
      closeButtonProps={{ "aria-label": w.common.close }}
      styles={{ title: { fontWeight: 650 } }}
    >
      <form onSubmit={submit}>
        <Stack>
          <Select
            label={words.quiet.channel}
            allowDeselect={false}
            data={[
              { value: "", label: words.quiet.allChannels },
              ...channelNames.map((value) => ({ value, label: w.messages.channel[value] ?? value })),
            ]}
            value={channel}
            onChange={(next) => put({ channel: next ?? "" })}
            error={errorAt(save.error, "channel", w)}
          />
          <Group grow align="flex-start">
            <TextInput
              label={words.quiet.from}
              type="time"
              required
              withAsterisk={false}
              value={start}
              onChange={(typed) => put({ start: typed.currentTarget.value })}
              error={errorAt(save.error, "start", w)}
            />
            <TextInput
              label={words.quiet.to}
              type="time"
              required
              withAsterisk={false}
              value={end}
              onChange={(typed) => put({ end: typed.currentTarget.value })}
              error={errorAt(save.error, "end", w)}
            />
          </Group>
          <MultiSelect
            label={words.quiet.weekdays}
            placeholder={weekdays.length > 0 ? undefined : words.quiet.everyDay}
            data={options(words.weekdays)}
            value={weekdays}
            onChange={(next) =>
              put({
                weekdays: Object.keys(words.weekdays).filter((day) => next.includes(day)) as QuietRule["weekdays"],
              })
            }
            error={errorAt(save.error, "weekdays", w)}
          />
          <Text size="xs" c="dimmed">
            {words.quiet.sameTime}
          </Text>
          {isWhole && (
            <div role="status">
              <Text size="sm" fw={550}>
                {quietSentence(draft, tongue)}
              </Text>
              <DayStrip start={start} end={end} />
            </div>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {w.common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {hours ? w.common.save : words.quiet.createDo}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
