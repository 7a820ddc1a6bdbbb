/** Everything a person did, newest first, grouped by day; more is read as the end comes into view. */
import { Box, Button, Code, Collapse, Group, Stack, Text } from "@mantine/core";
import { useDisclosure, useIntersection } from "@mantine/hooks";
import { useEffect } from "react";
import { Link } from "react-router";
import type { PastEvent } from "../api/types";
import { Moment } from "../pieces/moment";
import { itemsOf } from "../pieces/more";
import { Card } from "../pieces/page";
import { Failed, Quiet, Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useSpeech } from "../words/words";
import { useSubject } from "./noted";
import { useTimeline } from "./queries";
import classes from "./timeline.module.css";

function glance(properties: Record<string, unknown>): string {
  const plain = Object.entries(properties).filter(([, value]) =>
    ["string", "number", "boolean"].includes(typeof value),
  );
  return plain
    .slice(0, 3)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(" · ");
}

/** What happened, in words: "did Order Completed", "opened Cart reminder". */
function What({ event }: { event: PastEvent }) {
  const { w } = useSpeech();
  const subject = useSubject()(event);
  const isTest = event.event === "message_tested";
  const said = w.noted[isTest ? `message_${String(event.properties.what ?? "sent")}` : event.event];
  if (event.kind === "derived" && said) {
    const reason = String(event.properties.reason ?? "");
    return (
      <>
        {said}{" "}
        {subject && (
          <Link to={subject.to} className="plain-link" style={{ fontWeight: 600 }}>
            {subject.name}
          </Link>
        )}
        {reason && event.event === "message_skipped" && (
          <Text span c="dimmed">
            : {w.deliveries.reason[reason] ?? reason}
          </Text>
        )}
        {isTest && (
          <>
            {" "}
            <Label tone="quiet" size="sm">
              {w.credit.test}
            </Label>
          </>
        )}
      </>
    );
  }
  const { name, title, path } = event.properties;
  const place = [name, title, path].find((one) => typeof one === "string" && one !== "");
  const named = ["track", "page", "screen", "group", "derived"].includes(event.kind);
  const what = event.kind === "page" || event.kind === "screen" ? String(place ?? event.event) : event.event;
  return (
    <>
      <Text span c="dimmed">
        {w.kinds[event.kind] ?? event.kind}
      </Text>{" "}
      {named && <b style={{ fontWeight: 600 }}>{what}</b>}
    </>
  );
}

function Entry({ event }: { event: PastEvent }) {
  const { w, f } = useSpeech();
  const own = event.kind === "derived";
  const [open, { toggle }] = useDisclosure(false);
  const details = Object.keys(event.properties).length > 0;
  return (
    <Box component="li" className={classes.entry} data-kind={event.kind}>
      <Group justify="space-between" wrap="nowrap" align="baseline" gap="md">
        <Text size="sm" style={{ minWidth: 0, overflowWrap: "anywhere" }}>
          <What event={event} />
        </Text>
        <Moment at={event.occurred_at} form="clock" size="xs" c="dimmed" />
      </Group>
      {details && !own && (
        <>
          <Group gap="xs" wrap="nowrap">
            <Text size="xs" c="dimmed" truncate>
              {glance(event.properties)}
            </Text>
            <Button size="compact-xs" variant="subtle" onClick={toggle} aria-expanded={open} style={{ flexShrink: 0 }}>
              {w.people.details}
            </Button>
          </Group>
          <Collapse expanded={open}>
            <Code block mt={4} tabIndex={open ? 0 : -1} role="region" aria-label={`${w.people.details} ${event.event}`}>
              {JSON.stringify(event.properties, null, 2)}
            </Code>
            <Text size="xs" c="dimmed" mt={4}>
              {w.people.received(f.exact(event.received_at))}
            </Text>
          </Collapse>
        </>
      )}
    </Box>
  );
}

function byDay(events: PastEvent[], day: (at: number) => string): [string, PastEvent[]][] {
  const days = new Map<string, PastEvent[]>();
  for (const event of events) {
    const name = day(event.occurred_at);
    days.set(name, [...(days.get(name) ?? []), event]);
  }
  return [...days];
}

export function Timeline({ person }: { person: number }) {
  const { w, f } = useSpeech();
  const timeline = useTimeline(person);
  const { ref, entry } = useIntersection();
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = timeline;
  const visible = entry?.isIntersecting ?? false;
  useEffect(() => {
    if (visible && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [visible, hasNextPage, isFetchingNextPage, fetchNextPage]);
  const events = itemsOf(timeline);
  return (
    <Card title={w.people.timeline}>
      {timeline.isError && <Failed error={timeline.error} retry={() => void timeline.refetch()} />}
      {timeline.isPending && <Waiting rows={6} p={0} />}
      {timeline.data && events.length === 0 && <Quiet p={0}>{w.people.timelineNone}</Quiet>}
      <Stack gap="lg">
        {byDay(events, f.day).map(([day, some]) => (
          <Box key={day}>
            <Text component="h3" size="sm" fw={600} mb="xs" m={0} className={classes.day}>
              {day}
            </Text>
            <ul className={classes.list}>
              {some.map((event) => (
                <Entry key={event.position} event={event} />
              ))}
            </ul>
          </Box>
        ))}
      </Stack>
      <div ref={ref} />
      {isFetchingNextPage && <Waiting rows={3} p={0} />}
    </Card>
  );
}
