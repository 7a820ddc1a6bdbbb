/** Where a person stands now: the segments they are in, the journeys they are on. */
import { Anchor, Group, Select, Stack, Table, Text } from "@mantine/core";
import { Link, useNavigate } from "react-router";
import { useJourneys } from "../journeys/queries";
import { Moment } from "../pieces/moment";
import { Card } from "../pieces/page";
import { Loaded, Quiet } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useSegments } from "../segments/queries";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { useMemberships, useMissedEntries, usePersonLists, usePersonRuns } from "./queries";

export function Segments({ person }: { person: number }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const navigate = useNavigate();
  const memberships = useMemberships(person);
  const inside = new Set(memberships.data?.items.map((one) => one.segment_id));
  const others =
    useSegments()
      .data?.filter((one) => !inside.has(one.id))
      .map((one) => ({ value: String(one.id), label: one.name })) ?? [];
  return (
    <Card title={w.people.segments}>
      <Loaded query={memberships} rows={1} p={0}>
        {({ items }) =>
          items.length === 0 ? (
            <Quiet p={0}>{w.people.segmentsNone}</Quiet>
          ) : (
            <Stack gap={6}>
              {items.map((one) => (
                <Group key={one.segment_id} justify="space-between" wrap="nowrap">
                  <Link to={page(`segments/${one.segment_id}`)} className="plain-link" style={{ minWidth: 0 }}>
                    <Label tone="good" size="lg" miw={0} maw="100%" style={{ cursor: "pointer" }}>
                      {one.name}
                    </Label>
                  </Link>
                  <Anchor
                    size="sm"
                    component={Link}
                    to={page(`segments/${one.segment_id}/people/${person}`)}
                    aria-label={`${w.explain.why} ${one.name}`}
                    style={{ flexShrink: 0 }}
                  >
                    {w.explain.why}
                  </Anchor>
                </Group>
              ))}
            </Stack>
          )
        }
      </Loaded>
      {others.length > 0 && (
        <Select
          mt="md"
          searchable
          label={w.explain.askSegment}
          description={w.explain.askHelp}
          data={others}
          value={null}
          onChange={(id) => id !== null && void navigate(page(`segments/${id}/people/${person}`))}
          nothingFoundMessage={w.common.nothingFound}
        />
      )}
    </Card>
  );
}

export function Lists({ person }: { person: number }) {
  const { w } = useSpeech();
  const { page } = useApp();
  return (
    <Card title={w.saw.lists}>
      <Loaded query={usePersonLists(person)} rows={1} p={0}>
        {({ items }) =>
          items.length === 0 ? (
            <Quiet p={0}>{w.saw.listsNone}</Quiet>
          ) : (
            <Group gap={6}>
              {items.map((one) => (
                <Link key={one.id} to={page(`lists/${one.id}`)} className="plain-link" style={{ minWidth: 0 }}>
                  <Label tone="quiet" size="lg" miw={0} maw="100%" style={{ cursor: "pointer" }}>
                    {one.name}
                  </Label>
                </Link>
              ))}
            </Group>
          )
        }
      </Loaded>
    </Card>
  );
}

export function Runs({ person }: { person: number }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const runs = usePersonRuns(person);
  const names = new Map(useJourneys().data?.map((one) => [one.id, one.name]));
  return (
    <Card title={w.people.runs} flush>
      <Loaded query={runs} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Quiet>{w.people.runsNone}</Quiet>
          ) : (
            <Table>
              <Table.Tbody>
                {items.map((run) => (
                  <Table.Tr key={run.id}>
                    <Table.Td>
                      <Link to={page(`journeys/${run.journey_id}`)} className="plain-link" style={{ fontWeight: 550 }}>
                        {names.get(run.journey_id) ?? run.journey_id}
                      </Link>
                      {run.run_key && (
                        <Text size="xs" c="dimmed">
                          {run.run_key}
                        </Text>
                      )}
                    </Table.Td>
                    <Table.Td>
                      {run.state === "waiting"
                        ? w.journeys.runState.waiting
                        : (w.journeys.reason[run.reason] ?? run.reason)}
                    </Table.Td>
                    <Table.Td ta="right">
                      <Moment at={run.entered_at} size="sm" />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )
        }
      </Loaded>
    </Card>
  );
}

/** Events that could have started a journey and did not, each with the reason; nothing where there are none. */
export function MissedEntries({ person }: { person: number }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const items = useMissedEntries(person).data?.items ?? [];
  const names = new Map(useJourneys().data?.map((one) => [one.id, one.name]));
  if (items.length === 0) return null;
  return (
    <Card title={w.people.missed} line={w.people.missedHelp} flush>
      <Table>
        <Table.Tbody>
          {items.map((one) => (
            <Table.Tr key={`${one.journey_id}.${one.reason}.${one.key}`}>
              <Table.Td>
                <Link to={page(`journeys/${one.journey_id}`)} className="plain-link" style={{ fontWeight: 550 }}>
                  {names.get(one.journey_id) ?? one.journey_id}
                </Link>
                <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {w.happened[one.event] ?? one.event}
                  {one.key && ` · ${one.key}`}
                </Text>
              </Table.Td>
              <Table.Td>
                {w.people.missedReason[one.reason] ?? one.why}
                {one.times > 1 && (
                  <Text size="xs" c="dimmed">
                    {w.people.missedTimes(one.times)}
                  </Text>
                )}
              </Table.Td>
              <Table.Td ta="right">
                <Moment at={one.occurred_at} size="sm" />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}
