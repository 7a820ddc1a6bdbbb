/** What depends on a segment, and archiving one on which nothing leans. */
import { Anchor, Button, Stack, Text } from "@mantine/core";
import { IconArchive } from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import { server, take } from "../api/client";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Notice } from "../pieces/notice";
import { Card } from "../pieces/page";
import { Loaded, Quiet } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { useSegmentDependents } from "./queries";

type Dependent = NonNullable<ReturnType<typeof useSegmentDependents>["data"]>[number];

function Dependents({ dependents }: { dependents: Dependent[] }) {
  const { w } = useSpeech();
  const { page } = useApp();
  return (
    <Stack component="ul" gap={4} m={0} p={0} style={{ listStyle: "none" }}>
      {dependents.map((one) => (
        <li key={`${one.kind}.${one.id}`}>
          {one.kind === "cap" ? (
            <Text style={{ overflowWrap: "anywhere" }}>{one.name}</Text>
          ) : (
            <Anchor component={Link} to={page(`${one.kind}s/${one.id}`)} style={{ overflowWrap: "anywhere" }}>
              {one.name}
            </Anchor>
          )}
          <Text size="xs" c="dimmed">
            {w.segments.userKinds[one.kind] ?? one.kind}
          </Text>
        </li>
      ))}
    </Stack>
  );
}

export function UsedBy({ segment }: { segment: number }) {
  const { w } = useSpeech();
  return (
    <Card title={w.segments.used}>
      <Loaded query={useSegmentDependents(segment)} rows={1} p={0}>
        {(dependents) =>
          dependents.length === 0 ? <Quiet p={0}>{w.segments.usedNone}</Quiet> : <Dependents dependents={dependents} />
        }
      </Loaded>
    </Card>
  );
}

/**
 * The button and its question; while something depends on the segment, the question is an answer: what, and where it
 * is.
 */
export function Archive({ segment }: { segment: number }) {
  const { w } = useSpeech();
  const { id: app, page } = useApp();
  const navigate = useNavigate();
  const used = useSegmentDependents(segment);
  const dependents = used.data ?? [];
  const archive = useChange({
    run: () => take(server.DELETE("/api/v1/apps/{app}/segments/{segment}", { params: { path: { app, segment } } })),
    touches: [["segments", app]],
    done: w.segments.archived,
  });
  const refused = dependents.length > 0 && (
    <Stack gap="sm">
      <Notice tone="doubt">{w.segments.archiveRefused}</Notice>
      <Dependents dependents={dependents} />
    </Stack>
  );
  return (
    <Confirm
      title={w.segments.archiveTitle}
      body={refused || w.segments.archiveBody}
      action={w.segments.archive}
      danger
      possible={dependents.length === 0}
      run={async () => {
        // Somebody may have begun to use it meanwhile.
        await archive.mutateAsync(undefined, { onError: () => void used.refetch() });
        await navigate(page("segments"));
      }}
    >
      {(open) => (
        <Button variant="default" leftSection={<IconArchive size={16} aria-hidden />} onClick={open}>
          {w.segments.archive}
        </Button>
      )}
    </Confirm>
  );
}
