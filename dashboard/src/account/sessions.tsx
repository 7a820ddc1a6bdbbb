/** Where the operator is signed in; any of it can be ended from here. */
import { Button, Group, Table, Text, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import type { components } from "../api/schema";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Moment } from "../pieces/moment";
import { Card } from "../pieces/page";
import { Loaded } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useSpeech } from "../words/words";

type SignedIn = components["schemas"]["SignedIn"];

const touches = [["sessions"]];
const systems: [RegExp, string][] = [[/iPhone|iPad/, "iOS"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/Linux/, "Linux"]];
const browsers: [RegExp, string][] = [[/Edg\//, "Edge"], [/OPR\//, "Opera"], [/Firefox\//, "Firefox"], [/Chrome\//, "Chrome"], [/Safari\//, "Safari"], [/curl\//, "curl"]];

/** What a browser calls itself, as short as a person would say it. */
function browserName(agent: string, unknown: string): string {
  const found = [browsers, systems].map((names) => names.find(([pattern]) => pattern.test(agent))?.[1]);
  return found.filter((name) => name !== undefined).join(" · ") || unknown;
}

function Row({ one }: { one: SignedIn }) {
  const { w } = useSpeech();
  const end = useChange({ run: () => take(server.DELETE("/api/v1/sessions/{session}", { params: { path: { session: one.id } } })), touches });
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Text size="sm" fw={550} title={one.agent}>
            {browserName(one.agent, w.operators.unknownBrowser)}
          </Text>
          {one.is_this && <Label tone="good">{w.operators.here}</Label>}
        </Group>
        <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {w.operators.from} {one.address}
        </Text>
      </Table.Td>
      <Table.Td>
        <Moment at={one.last_used} size="sm" />
      </Table.Td>
      <Table.Td ta="right">
        {!one.is_this && (
          <Button size="compact-sm" variant="subtle" loading={end.isPending} onClick={() => end.mutate(undefined)}>
            {w.operators.end}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

export function Sessions() {
  const { w } = useSpeech();
  const sessions = useQuery({ queryKey: ["sessions"], queryFn: () => take(server.GET("/api/v1/sessions")), select: (page) => page.items });
  const endAll = useChange({ run: () => take(server.DELETE("/api/v1/sessions")), touches });
  const others = (sessions.data ?? []).filter((one) => !one.is_this);
  const all = (
    <Confirm title={w.operators.endAllTitle} body={w.operators.endAllBody} action={w.operators.endAll} run={() => endAll.mutateAsync(undefined)}>
      {(ask) => (
        <Button size="xs" variant="default" onClick={ask}>
          {w.operators.endAll}
        </Button>
      )}
    </Confirm>
  );
  return (
    <Card title={w.operators.sessions} line={w.operators.sessionsBody} actions={others.length > 0 ? all : undefined} flush>
      <Loaded query={sessions} rows={2}>
        {(items) => (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{w.operators.browser}</Table.Th>
                <Table.Th>{w.operators.last}</Table.Th>
                <Table.Th>
                  <VisuallyHidden>{w.common.actions}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((one) => (
                <Row key={one.id} one={one} />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Loaded>
    </Card>
  );
}
