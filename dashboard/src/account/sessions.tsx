/** Where the operator is signed in; any of it can be ended from here. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import type { components } from "../api/schema";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { GivenOut } from "../pieces/given-out";
import { Card } from "../pieces/page";
import { Loaded } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useSpeech } from "../words/words";

type SignedIn = components["schemas"]["SignedIn"];

const touches = [["sessions"]];
const systems: [RegExp, string][] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];
const browsers: [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
  [/curl\//, "curl"],
];

/** What a browser calls itself, as short as a person would say it. */
function browserName(agent: string, unknown: string): string {
  const found = [browsers, systems].map((names) => names.find(([pattern]) => pattern.test(agent))?.[1]);
  return found.filter((name) => name !== undefined).join(" · ") || unknown;
}

function End({ one }: { one: SignedIn }) {
  const { w } = useSpeech();
  const end = useChange({
    run: () => take(server.DELETE("/api/v1/sessions/{session}", { params: { path: { session: one.id } } })),
    touches,
  });
  return (
    <Button size="compact-sm" variant="subtle" loading={end.isPending} onClick={() => end.mutate(undefined)}>
      {w.operators.end}
    </Button>
  );
}

export function Sessions() {
  const { w } = useSpeech();
  const sessions = useQuery({
    queryKey: ["sessions"],
    queryFn: () => take(server.GET("/api/v1/sessions")),
    select: (page) => page.items,
  });
  const endAll = useChange({ run: () => take(server.DELETE("/api/v1/sessions")), touches });
  const others = (sessions.data ?? []).filter((one) => !one.is_this);
  const all = (
    <Confirm
      title={w.operators.endAllTitle}
      body={w.operators.endAllBody}
      action={w.operators.endAll}
      run={() => endAll.mutateAsync(undefined)}
    >
      {(ask) => (
        <Button size="xs" variant="default" onClick={ask}>
          {w.operators.endAll}
        </Button>
      )}
    </Confirm>
  );
  return (
    <Card
      title={w.operators.sessions}
      line={w.operators.sessionsBody}
      actions={others.length > 0 ? all : undefined}
      flush
    >
      <Loaded query={sessions} rows={2}>
        {(items) => (
          <GivenOut
            what={w.operators.browser}
            when={w.operators.last}
            rows={items.map((one) => ({
              id: one.id,
              name: <span title={one.agent}>{browserName(one.agent, w.operators.unknownBrowser)}</span>,
              mark: one.is_this && <Label tone="good">{w.operators.here}</Label>,
              line: `${w.operators.from} ${one.address}`,
              at: one.last_used,
              actions: !one.is_this && <End one={one} />,
            }))}
          />
        )}
      </Loaded>
    </Card>
  );
}
