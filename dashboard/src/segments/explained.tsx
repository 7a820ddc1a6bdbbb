/**
 * A rule taken apart for one person: the tree as it was built, a mark and a sentence at each condition, and what
 * decides it.
 */
import { Box, Button, Collapse, Group, Stack, Text, ThemeIcon } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconCheck, IconChevronDown, IconChevronUp, IconX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { ExplainedPart } from "../api/types";
import { Moment } from "../pieces/moment";
import { useApp } from "../shell/app";
import { capital } from "../words/sentences";
import { useSpeech } from "../words/words";
import { useSegments } from "./queries";

const moments = ["first", "last"];

function Mark({ holds }: { holds: boolean }) {
  const { w } = useSpeech();
  return (
    <ThemeIcon
      size={24}
      radius="xl"
      role="img"
      aria-label={holds ? w.explain.holds : w.explain.fails}
      bg={holds ? "var(--good-soft)" : "var(--bad-soft)"}
      c={holds ? "var(--good-text)" : "var(--bad-text)"}
    >
      {holds ? <IconCheck size={15} stroke={2.4} aria-hidden /> : <IconX size={15} stroke={2.4} aria-hidden />}
    </ThemeIcon>
  );
}

type Spot = { latitude: number; longitude: number; metres?: number; arrivals?: number };

/** Where somebody is, and how far from the centre of a circle. */
function spotText(
  { latitude, longitude, metres }: Spot,
  f: { decimal: (number: number) => string },
  away: (text: string, metres: string) => string,
): string {
  const text = `${latitude}, ${longitude}`;
  return metres === undefined ? text : away(text, f.decimal(metres));
}

/** What was found, in words: "Happened twice". */
function useFound(part: ExplainedPart): string {
  const { w, f } = useSpeech();
  const { measure, found } = part;
  if (found === null || measure === null) return w.explain.nothing;
  if (measure === "spot") return w.explain.found.spot?.(spotText(found as Spot, f, w.explain.metresAway)) ?? "";
  if (measure === "arrivals")
    return w.explain.came((found as Spot).arrivals ?? 0, spotText(found as Spot, f, w.explain.metresAway));
  if (part.condition?.kind === "device" && Array.isArray(found))
    return (
      w.explain.found[measure]?.(
        (found as Record<string, string>[]).map((one) => Object.values(one).join(" ")).join("; "),
      ) ?? ""
    );
  const text =
    typeof found === "number"
      ? moments.includes(measure)
        ? f.moment(found)
        : f.decimal(found)
      : typeof found === "string"
        ? w.rule.quoted(found)
        : JSON.stringify(found);
  return w.explain.found[measure]?.(text) ?? text;
}

function When({ part }: { part: ExplainedPart }) {
  const { w, f } = useSpeech();
  if (part.changes_at !== null) return <>, {w.explain.until(f.moment(part.changes_at))}</>;
  return part.looked_until === null ? null : <>, {w.explain.untilAtLeast(f.moment(part.looked_until))}</>;
}

function Events({ part }: { part: ExplainedPart }) {
  const { w } = useSpeech();
  if (part.events.length === 0) return null;
  return (
    <Box component="ul" aria-label={w.explain.events} m={0} mt={6} p={0} style={{ listStyle: "none" }}>
      {part.events.map((event) => (
        <Group component="li" key={`${event.occurred_at}.${event.position}`} gap={8} wrap="nowrap" align="baseline">
          <Moment at={event.occurred_at} size="xs" c="dimmed" />
          <Text size="xs" style={{ overflowWrap: "anywhere" }}>
            {w.happened[event.event] ?? event.event}
          </Text>
        </Group>
      ))}
    </Box>
  );
}

/** One condition, or its contrary: `told` says it and whether it holds, `inner` what was found. */
function Condition({ told, inner, children }: { told: ExplainedPart; inner: ExplainedPart; children?: ReactNode }) {
  const { w, f, language } = useSpeech();
  const found = useFound(inner);
  return (
    <Group
      align="flex-start"
      wrap="nowrap"
      gap="sm"
      role="group"
      p="sm"
      style={{ border: "1px solid var(--line)", borderRadius: 8 }}
    >
      <Mark holds={told.holds} />
      <Box style={{ minWidth: 0, flex: 1 }}>
        <Text fw={550} style={{ overflowWrap: "anywhere" }}>
          {capital(told.sentence?.[language] ?? "", f)}
        </Text>
        {inner.kind === "condition" && inner.condition?.kind !== "list" && (
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {inner.last_outside === null ? found : w.explain.outsideWindow(f.moment(inner.last_outside))}
            <When part={told} />
          </Text>
        )}
        <Events part={inner} />
        {children}
      </Box>
    </Group>
  );
}

function Named({ told, inner }: { told: ExplainedPart; inner: ExplainedPart }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const [open, { toggle }] = useDisclosure(false);
  const id = Number(inner.condition?.segment);
  const name = useSegments().data?.find((one) => one.id === id)?.name ?? String(id);
  return (
    <Condition told={told} inner={inner}>
      <Group gap="xs" mt={6}>
        <Button
          size="compact-sm"
          variant="light"
          py={4}
          styles={{ root: { height: "auto" }, label: { whiteSpace: "normal", textAlign: "start" } }}
          onClick={toggle}
          aria-expanded={open}
          leftSection={open ? <IconChevronUp size={14} aria-hidden /> : <IconChevronDown size={14} aria-hidden />}
        >
          {open ? w.explain.fold(name) : w.explain.unfold(name)}
        </Button>
        <Button
          component={Link}
          to={page(`segments/${id}`)}
          size="compact-sm"
          variant="subtle"
          aria-label={`${w.explain.openSegment}: ${name}`}
        >
          {w.explain.openSegment}
        </Button>
      </Group>
      <Collapse expanded={open}>
        <Box mt="sm">
          {inner.parts.map((part, place) => (
            <Part key={place} part={part} />
          ))}
        </Box>
      </Collapse>
    </Condition>
  );
}

/** A group; `told` is the group itself, or the "not" around it. */
function GroupBox({ told, inner }: { told: ExplainedPart; inner: ExplainedPart }) {
  const { w } = useSpeech();
  const word = told === inner ? inner.kind : inner.kind === "any" ? "none" : "notall";
  const title = w.explain.groups[word] ?? word;
  return (
    <Box
      role="group"
      aria-label={title}
      pl="md"
      style={{ borderLeft: `3px solid var(${told.holds ? "--accent" : "--line"})` }}
    >
      <Group gap="sm" mb="sm" wrap="nowrap">
        <Mark holds={told.holds} />
        <Text fw={600} size="sm">
          {title}
          <Text span size="sm" c="dimmed" fw={400}>
            <When part={told} />
          </Text>
        </Text>
      </Group>
      <Stack gap="sm">
        {inner.parts.map((part, place) => (
          <Part key={place} part={part} />
        ))}
      </Stack>
    </Box>
  );
}

export function Part({ part }: { part: ExplainedPart }): ReactNode {
  const inner = part.kind === "not" ? part.parts[0] : part;
  if (inner === undefined) return null;
  if (inner.kind === "not") return <Part part={inner.parts[0] ?? inner} />; // not not: the same again
  if (inner.kind === "segment") return <Named told={part} inner={inner} />;
  return inner.kind === "condition" ? <Condition told={part} inner={inner} /> : <GroupBox told={part} inner={inner} />;
}
