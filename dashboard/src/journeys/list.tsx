import { Table, Text } from "@mantine/core";
import { IconRoute } from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import type { Journey } from "../api/types";
import { example } from "../messages/list";
import { useArchived } from "../pieces/archived";
import { Card, Page } from "../pieces/page";
import { Snippet } from "../pieces/snippet";
import { Empty, Loaded } from "../pieces/states";
import { Label, type Tone } from "../pieces/tone";
import { useSegmentName } from "../segments/queries";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { useCounts, useJourneys } from "./queries";
import { entrySentence } from "./sentences";

export const stateTones: Record<string, Tone> = { live: "good", paused: "doubt" };

function Row({ journey }: { journey: Journey }) {
  const { w, f } = useSpeech();
  const { page } = useApp();
  const navigate = useNavigate();
  const counts = useCounts(journey);
  const segmentName = useSegmentName();
  const to = page(`journeys/${journey.id}`);
  const shown = (n: number | undefined) => (n === undefined ? "–" : f.number(n));
  return (
    <Table.Tr data-link style={{ cursor: "pointer" }} onClick={() => void navigate(to)}>
      <Table.Td>
        <Link to={to} className="plain-link" style={{ fontWeight: 600 }} onClick={(click) => click.stopPropagation()}>
          {journey.name}
        </Link>
        <Text size="sm" c="dimmed" mt={2}>
          {entrySentence(journey.graph, { w, f }, segmentName)}
        </Text>
        <Text size="xs" c="dimmed" mt={2} hiddenFrom="sm">
          {w.journeys.entered}: {shown(counts?.entered)} · {w.journeys.waiting}: {shown(counts?.waiting)}
        </Text>
      </Table.Td>
      <Table.Td w={110}>
        <Label tone={stateTones[journey.state] ?? "quiet"}>{w.journeys.state[journey.state] ?? journey.state}</Label>
      </Table.Td>
      <Table.Td ta="right" className="tabular" w={100} visibleFrom="sm">
        {shown(counts?.entered)}
      </Table.Td>
      <Table.Td ta="right" className="tabular" w={100} visibleFrom="sm">
        {shown(counts?.waiting)}
      </Table.Td>
      <Table.Td ta="right" className="tabular" w={100} visibleFrom="sm">
        {shown(counts?.completed)}
      </Table.Td>
    </Table.Tr>
  );
}

export function JourneyList() {
  const { w } = useSpeech();
  const { id } = useApp();
  const journeys = useJourneys();
  const isOver = (one: Journey) => one.state === "archived";
  const away = useArchived(journeys.data, isOver);
  const body =
    '{"name": "Abandoned cart", "graph": {"entry": {"event": "Product Added", "key": "cart_id", "reentry": "always"},\n       "exits": [{"event": "Order Completed", "match": "cart_id"}], "goal": null, "start": "wait",\n       "nodes": [{"id": "wait", "kind": "delay", "for": "2h", "next": "push"}, {"id": "push", "kind": "message", "message": 1, "next": "done"}, {"id": "done", "kind": "exit"}]}}';
  return (
    <Page title={w.journeys.title} actions={away.toggle}>
      <Card flush>
        <Loaded query={journeys} rows={4} height={40}>
          {(items) =>
            items.length === 0 ? (
              <Empty
                icon={IconRoute}
                title={w.journeys.empty}
                action={<Snippet label={w.journeys.empty}>{example(`/apps/${id}/journeys`, body)}</Snippet>}
              >
                {w.journeys.emptyBody}
              </Empty>
            ) : (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{w.common.name}</Table.Th>
                    <Table.Th>{w.common.state}</Table.Th>
                    {[w.journeys.entered, w.journeys.waiting, w.journeys.done].map((name) => (
                      <Table.Th key={name} ta="right" visibleFrom="sm">
                        {name}
                      </Table.Th>
                    ))}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {away.shown(items).map((journey) => (
                    <Row key={journey.id} journey={journey} />
                  ))}
                </Table.Tbody>
              </Table>
            )
          }
        </Loaded>
      </Card>
    </Page>
  );
}
