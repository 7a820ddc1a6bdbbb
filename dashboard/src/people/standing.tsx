/** Where a person stands now: the segments they are in, the journeys they are on. */
import { Group, Table, Text } from "@mantine/core";
import { Link } from "react-router";
import { Moment } from "../pieces/moment";
import { Card } from "../pieces/page";
import { Loaded, Quiet } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { useJourneys } from "../journeys/queries";
import { useMemberships, usePersonRuns } from "./queries";

export function Segments({ person }: { person: number }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const memberships = useMemberships(person);
  return (
    <Card title={w.people.segments}>
      <Loaded query={memberships} rows={1} p={0}>
        {({ items }) =>
          items.length === 0 ? (
            <Quiet p={0}>{w.people.segmentsNone}</Quiet>
          ) : (
            <Group gap={6}>
              {items.map((one) => (
                <Link key={one.segment_id} to={page(`segments/${one.segment_id}`)}>
                  <Label tone="good" size="lg" style={{ cursor: "pointer" }}>
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
                    <Table.Td>{run.state === "waiting" ? w.journeys.runState.waiting : (w.journeys.reason[run.reason] ?? run.reason)}</Table.Td>
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
