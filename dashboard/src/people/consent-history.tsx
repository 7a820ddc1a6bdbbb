/** Everything that was said about messages to a person: when, where, in which words, and what shows it. */
import { Box, Group, Stack, Text } from "@mantine/core";
import type { ConsentRecord } from "../api/types";
import { Moment } from "../pieces/moment";
import { itemsOf, More } from "../pieces/more";
import { Card } from "../pieces/page";
import { Failed, Quiet, Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import type { Words } from "../words/en";
import { useSpeech } from "../words/words";
import { useConsentRecords } from "./queries";

/** An actor as the log names it (`operator:1`, `key:3`) in words; anything else is the source as it was given. */
function named(text: string, w: Words): string {
  const [kind, number] = text.split(":");
  if (number !== undefined && /^\d+$/.test(number)) {
    if (kind === "operator") return w.consent.operator(number);
    if (kind === "key") return w.consent.key(number);
  }
  return w.consent.sources[text] ?? text;
}

const shown = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function Proof({ proof }: { proof: Record<string, unknown> }) {
  const { w } = useSpeech();
  return Object.entries(proof).map(([name, value]) => (
    <Text key={name} size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
      {w.consent.proof[name] ?? name}: {name === "by" ? named(shown(value), w) : shown(value)}
    </Text>
  ));
}

function Saying({ said }: { said: ConsentRecord }) {
  const { w } = useSpeech();
  const late = said.recorded_at - said.occurred_at >= 60_000;
  return (
    <Box component="li" py="sm" style={{ borderTop: "1px solid var(--line)" }}>
      <Group justify="space-between" gap="xs" align="flex-start">
        <Group gap="xs">
          <Label tone={said.granted ? "good" : "bad"}>{said.granted ? w.consent.yes : w.consent.no}</Label>
          <Text size="sm" fw={550}>
            {w.messages.channel[said.channel] ?? said.channel} · {said.topic}
          </Text>
        </Group>
        <Moment at={said.occurred_at} size="sm" />
      </Group>
      <Text size="sm" mt={4} style={{ overflowWrap: "anywhere" }}>
        {named(said.source, w)}{" "}
        <Text span c="dimmed" size="sm">
          ({said.explicit ? w.consent.explicit : w.consent.told})
        </Text>
      </Text>
      {said.wording && (
        <Text
          size="sm"
          mt={4}
          component="blockquote"
          mx={0}
          my={4}
          pl="sm"
          style={{ borderLeft: "3px solid var(--line)", overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}
        >
          {said.wording}
        </Text>
      )}
      {late && (
        <Text size="xs" c="dimmed">
          {w.consent.recorded} <Moment at={said.recorded_at} size="xs" />
        </Text>
      )}
      <Proof proof={said.proof} />
    </Box>
  );
}

export function ConsentHistory({ person }: { person: number }) {
  const { w } = useSpeech();
  const records = useConsentRecords(person);
  const items = itemsOf(records);
  return (
    <Card title={w.consent.history} line={w.consent.historyHelp}>
      {records.isError && <Failed error={records.error} retry={() => void records.refetch()} />}
      {records.isPending && <Waiting rows={3} p={0} />}
      {records.data && items.length === 0 && <Quiet p={0}>{w.consent.historyNone}</Quiet>}
      <Stack component="ul" gap={0} p={0} m={0} style={{ listStyle: "none" }}>
        {items.map((said) => (
          <Saying key={said.id} said={said} />
        ))}
      </Stack>
      <More query={records} />
    </Card>
  );
}
