/** What each message came to, the one that earned most first. */
import { Anchor, Table, Text } from "@mantine/core";
import { Link } from "react-router";
import type { Outcome } from "../api/types";
import { useMessages, useOutcomes } from "../messages/queries";
import { Card } from "../pieces/page";
import { Loaded, Quiet } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";

const shown = 5;

type Line = { id: number; name: string; outcome: Outcome };

function Lines({ lines }: { lines: Line[] }) {
  const { w, f } = useSpeech();
  const { page } = useApp();
  const share = (count: number | null, whole: number) =>
    count === null ? (
      "–"
    ) : (
      <>
        {f.number(count)}{" "}
        <Text span size="xs" c="dimmed">
          {f.share(count, whole)}
        </Text>
      </>
    );
  return (
    <Table.ScrollContainer minWidth={260}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{w.saw.message}</Table.Th>
            <Table.Th ta="right">{w.overview.sent}</Table.Th>
            <Table.Th ta="right" visibleFrom="sm">
              {w.overview.opened}
            </Table.Th>
            <Table.Th ta="right" visibleFrom="xs">
              {w.overview.clicked}
            </Table.Th>
            <Table.Th ta="right">{w.overview.revenue}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map(({ id, name, outcome }) => (
            <Table.Tr key={id}>
              <Table.Td>
                <Link to={page(`messages/${id}`)} className="plain-link" style={{ fontWeight: 600 }}>
                  {name}
                </Link>
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {f.number(outcome.sent)}
              </Table.Td>
              <Table.Td ta="right" className="tabular" visibleFrom="sm">
                {share(outcome.opened, outcome.reached)}
              </Table.Td>
              <Table.Td ta="right" className="tabular" visibleFrom="xs">
                {share(outcome.clicked, outcome.reached)}
              </Table.Td>
              <Table.Td ta="right" className="tabular">
                {f.revenue(outcome)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export function Brought() {
  const { w } = useSpeech();
  const { page } = useApp();
  const messages = useMessages();
  const outcomes = useOutcomes();
  return (
    <Card title={w.saw.brought} flush mb="md">
      <Loaded query={messages} rows={3}>
        {(items) => {
          const all = items.flatMap(({ id, name }): Line[] => {
            const outcome = outcomes.get(id);
            return outcome && outcome.sent > 0 ? [{ id, name, outcome }] : [];
          });
          const lines = all
            .sort((a, b) => (b.outcome.revenue ?? 0) - (a.outcome.revenue ?? 0) || b.outcome.sent - a.outcome.sent)
            .slice(0, shown);
          if (lines.length === 0) return <Quiet>{w.saw.broughtNone}</Quiet>;
          return (
            <>
              <Lines lines={lines} />
              {all.length > shown && (
                <Anchor component={Link} to={page("messages")} size="sm" px="lg" pb="md" display="block">
                  {w.saw.allMessages}
                </Anchor>
              )}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}
