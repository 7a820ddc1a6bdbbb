/** Rules to begin with, where what they ask for arrives in this app; in an app without events, all of them. */
import { Button, Group, Text } from "@mantine/core";
import type { Rule } from "../api/types";
import { useSpeech } from "../words/words";
import { useEventNames } from "./queries";

const bought = "Order Completed";
const rules: Record<string, { events: string[]; rule: Rule }> = {
  cart: {
    events: ["Product Added", bought],
    rule: {
      kind: "sequence",
      first: { event: "Product Added" },
      then: { event: bought },
      within: "2h",
      absent: true,
      window: { last: "7d" },
    },
  },
  buyers: {
    events: [bought],
    rule: { kind: "behaviour", event: bought, aggregate: "count", compare: ">=", value: 1, window: { last: "30d" } },
  },
  lapsed: { events: [bought], rule: { kind: "lifecycle", stage: "stopped", event: bought, window: { last: "90d" } } },
  away: { events: [], rule: { kind: "rhythm", times: 3 } },
  tired: { events: [], rule: { kind: "unopened", last: 5 } },
};

export function Starters({ choose }: { choose: (name: string, rule: Rule) => void }) {
  const { w } = useSpeech();
  const arrived = useEventNames().data?.map((one) => one.name);
  if (arrived === undefined) return null;
  const fitting = Object.entries(rules).filter(
    ([, one]) => arrived.length === 0 || one.events.every((event) => arrived.includes(event)),
  );
  return (
    <Group gap="xs" mb="md" role="group" aria-label={w.builder.starters}>
      <Text size="sm" c="dimmed">
        {w.builder.starters}
      </Text>
      {fitting.map(([key, one]) => (
        <Button
          key={key}
          variant="default"
          size="compact-sm"
          radius="xl"
          fw={500}
          onClick={() => choose(w.builder.starter[key] ?? key, one.rule)}
        >
          {w.builder.starter[key]}
        </Button>
      ))}
    </Group>
  );
}
