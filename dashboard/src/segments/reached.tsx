/** What a preview says beside the count: who some of them are, whom messages reach, and what keeping the rule costs. */
import { Button, Collapse, Group, Text } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { Link } from "react-router";
import type { PreviewAnswer, Rule } from "../api/types";
import { personName } from "../people/name";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { useCost } from "./queries";

function Cost({ rule }: { rule: Rule }) {
  const { w, f } = useSpeech();
  const [settled] = useDebouncedValue(JSON.stringify(rule), 600);
  const cost = useCost(JSON.parse(settled) as Rule).data;
  if (!cost) return null;
  return (
    <Text size="sm" c="dimmed" mt={4}>
      {cost.conditions === cost.live
        ? w.builder.costNothing
        : w.builder.cost(f.bytes(cost.bytes), f.compact(cost.events))}
    </Text>
  );
}

export function Reached({ rule, found }: { rule: Rule; found: PreviewAnswer }) {
  const { w, f } = useSpeech();
  const { page } = useApp();
  const [open, { toggle }] = useDisclosure(false);
  const channels = Object.entries(found.reach.channels).filter(([, people]) => people > 0);
  const said = channels.map(([channel, people]) =>
    w.builder.reach(f.share(people, found.reach.of), w.builder.by[channel] ?? channel),
  );
  return (
    <>
      {found.count > 0 && (
        <Group gap="xs" justify="space-between">
          <Text size="sm">{said.length > 0 ? f.list(said) : w.builder.reachNobody}</Text>
          <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={open}>
            {open ? w.builder.hideSome : w.builder.showMore}
          </Button>
        </Group>
      )}
      <Collapse expanded={open}>
        <Text size="sm" mt={4}>
          {w.builder.some}{" "}
          {found.people.map((one, place) => (
            <span key={one.id}>
              {place > 0 && ", "}
              <Link to={page(`people/${one.id}`)} className="plain-link" style={{ fontWeight: 550 }}>
                {personName(one, w)}
              </Link>
            </span>
          ))}
        </Text>
        <Cost rule={rule} />
      </Collapse>
    </>
  );
}
