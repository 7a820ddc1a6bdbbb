/** The quiet hours of an app, and those that countries set for marketing to phones. */
import { Button, Stack, Text } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { server, take } from "../api/client";
import type { QuietHours as Hours } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Card } from "../pieces/page";
import { Loaded } from "../pieces/states";
import { useApp } from "../shell/app";
import { useCountryHours, useQuietHours } from "./queries";
import { QuietForm } from "./quiet-form";
import { Rule } from "./rule";
import { countrySentence, quietSentence } from "./sentences";
import { DayStrip, StripLegend } from "./strip";
import { useRestraintWords } from "./wording";

function QuietRow({ hours, edit }: { hours: Hours; edit: () => void }) {
  const tongue = useRestraintWords();
  const { w, words } = tongue;
  const { id } = useApp();
  const params = { path: { app: id, hours: hours.id } };
  const remove = useChange({
    run: () => take(server.DELETE("/api/v1/apps/{app}/quiet-hours/{hours}", { params })),
    touches: [["quiet-hours", id]],
  });
  const sentence = quietSentence(hours, tongue);
  return (
    <Rule sentence={sentence} below={<DayStrip start={hours.start} end={hours.end} />}>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPencil size={15} aria-hidden />}
        aria-label={`${words.caps.edit}: ${sentence}`}
        onClick={edit}
      >
        {words.caps.edit}
      </Button>
      <Confirm
        title={words.quiet.deleteTitle}
        body={words.quiet.deleteBody}
        action={w.common.delete}
        danger
        run={() => remove.mutateAsync(undefined)}
      >
        {(ask) => (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconTrash size={15} aria-hidden />}
            aria-label={`${w.common.delete}: ${sentence}`}
            onClick={ask}
          >
            {w.common.delete}
          </Button>
        )}
      </Confirm>
    </Rule>
  );
}

export function QuietHours() {
  const { words } = useRestraintWords();
  const hours = useQuietHours();
  const [open, setOpen] = useState<{ hours?: Hours } | null>(null);
  const create = (
    <Button size="xs" variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setOpen({})}>
      {words.quiet.create}
    </Button>
  );
  return (
    <Card title={words.quiet.title} line={words.quiet.line} actions={create}>
      <Loaded query={hours} rows={2} p={0}>
        {(items) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              {words.quiet.none}
            </Text>
          ) : (
            <>
              <Stack gap="lg" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
                {items.map((one) => (
                  <QuietRow key={one.id} hours={one} edit={() => setOpen({ hours: one })} />
                ))}
              </Stack>
              <StripLegend />
            </>
          )
        }
      </Loaded>
      <Text size="xs" c="dimmed" mt="sm">
        {words.quiet.passes}
      </Text>
      {open && <QuietForm key={open.hours?.version} {...open} close={() => setOpen(null)} />}
    </Card>
  );
}

export function CountryHours() {
  const tongue = useRestraintWords();
  const { w, f, words } = tongue;
  const query = useCountryHours();
  const channels = [...new Set(query.data?.flatMap((one) => one.channels))].map((one) => w.builder.by[one] ?? one);
  return (
    <Card title={words.countries.title} line={channels.length > 0 && words.countries.line(f.list(channels))}>
      <Loaded query={query} rows={2} p={0}>
        {(items) => (
          <>
            <Stack gap="lg" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
              {items.map((one) => (
                <Rule
                  key={one.country}
                  sentence={countrySentence(one, tongue)}
                  below={
                    <>
                      <DayStrip start={one.end} end={one.start} />
                      <Text size="xs" c="dimmed" mt={4} style={{ overflowWrap: "anywhere" }}>
                        {words.countries.source(
                          words.countries.sources[one.country] ?? one.source,
                          f.day(Date.parse(`${one.read_on}T12:00`)),
                        )}
                      </Text>
                    </>
                  }
                />
              ))}
            </Stack>
            <StripLegend />
          </>
        )}
      </Loaded>
    </Card>
  );
}
