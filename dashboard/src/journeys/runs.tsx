import { CloseButton, Group, Table, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useSearchParams } from "react-router";
import type { Journey } from "../api/types";
import { useMessageName } from "../messages/queries";
import { PersonLink } from "../people/person-link";
import { Moment } from "../pieces/moment";
import { itemsOf, More } from "../pieces/more";
import { Card } from "../pieces/page";
import { Failed, Quiet, Waiting } from "../pieces/states";
import { useSpeech } from "../words/words";
import { useNodeKinds, useRuns } from "./queries";
import { stepSentence } from "./sentences";

export function Runs({ journey }: { journey: Journey }) {
  const { w, f } = useSpeech();
  const [asked, ask] = useSearchParams();
  const node = asked.get("node") ?? undefined;
  const runs = useRuns(journey.id, node);
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (node !== undefined) card.current?.scrollIntoView({ block: "start" });
  }, [node]);
  const name = useMessageName();
  const kinds = useNodeKinds().data ?? [];
  const items = itemsOf(runs);
  const where = (id: string | null) => {
    const node = journey.graph.nodes.find((one) => one.id === id);
    return node
      ? `${w.journeys.node[node.kind] ?? node.kind} · ${stepSentence(node, kinds, name, { w, f })}`
      : (id ?? "–");
  };
  return (
    <div ref={card}>
      <Card title={w.journeys.runs} flush>
        {node !== undefined && (
          <Group gap="xs" px="lg" pb="xs" wrap="nowrap">
            <Text size="sm" c="dimmed">
              {w.saw.onlyAt(where(node))}
            </Text>
            <CloseButton
              size="sm"
              onClick={() => ask({}, { preventScrollReset: true })}
              aria-label={w.saw.allRuns}
              title={w.saw.allRuns}
            />
          </Group>
        )}
        {runs.isError && <Failed error={runs.error} />}
        {runs.isPending && <Waiting rows={4} />}
        {runs.data && items.length === 0 && (
          <Quiet>{node === undefined ? w.journeys.runsNone : w.saw.runsNoneAt}</Quiet>
        )}
        {items.length > 0 && (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{w.common.person}</Table.Th>
                <Table.Th visibleFrom="md">{w.journeys.at}</Table.Th>
                <Table.Th>{w.common.state}</Table.Th>
                <Table.Th ta="right" visibleFrom="sm">
                  {w.journeys.began}
                </Table.Th>
                <Table.Th ta="right">{w.journeys.wake}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((run) => (
                <Table.Tr key={run.id}>
                  <Table.Td>
                    <PersonLink id={run.person_id} />
                    {run.run_key && (
                      <Text size="xs" c="dimmed">
                        {run.run_key}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td visibleFrom="md">
                    {where(run.node)}
                    <Answers kept={run.answers as Kept} />
                  </Table.Td>
                  <Table.Td>
                    {run.state === "waiting"
                      ? w.journeys.runState.waiting
                      : run.reason === "exit_event" && run.left_by
                        ? w.credit.bought(run.left_by)
                        : (w.journeys.reason[run.reason] ?? run.reason)}
                  </Table.Td>
                  <Table.Td ta="right" visibleFrom="sm">
                    <Moment at={run.entered_at} size="sm" />
                  </Table.Td>
                  <Table.Td ta="right">
                    {run.wake_at === 0 || run.state !== "waiting" ? "–" : <Moment at={run.wake_at} size="sm" />}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
        <More query={runs} />
      </Card>
    </div>
  );
}

type Kept = Record<string, { status?: number; body?: unknown }>;

/** What was answered to the run's messages and kept: the status of each, and the whole of it for whoever points there. */
function Answers({ kept }: { kept: Kept }) {
  const { w } = useSpeech();
  const all = Object.entries(kept);
  return all.length === 0 ? null : (
    <Text size="xs" c="dimmed" component="div">
      {w.journeys.answers}
      {": "}
      {all.map(([name, answer], place) => (
        <span key={name} title={JSON.stringify(answer)}>
          {place > 0 && ", "}
          {name} {answer.status}
        </span>
      ))}
    </Text>
  );
}
