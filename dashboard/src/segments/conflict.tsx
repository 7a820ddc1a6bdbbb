/** Two people edited one segment at once: both rules side by side, and the choice between them. */
import { Alert, Button, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Failure } from "../api/client";
import type { Segment } from "../api/types";
import { Notice } from "../pieces/notice";
import { Card } from "../pieces/page";
import { Loaded, Waiting } from "../pieces/states";
import { capital } from "../words/sentences";
import { useSpeech } from "../words/words";
import { Changed } from "./difference";
import type { Given } from "./form";
import { useDifference, useSegment, useSentence, useVersions } from "./queries";

/** Whether saving failed because somebody else had saved in between. */
export const isConflict = (error: unknown) =>
  error instanceof Failure && error.code === "segment_conflict" && typeof error.data.version === "number";

function Side({
  title,
  name,
  sentence,
  children,
}: {
  title: string;
  name: string;
  sentence: string;
  children: ReactNode;
}) {
  const { f } = useSpeech();
  return (
    <Card title={title}>
      <Stack gap="sm">
        <Text fw={600}>{name}</Text>
        <Text style={{ overflowWrap: "anywhere" }}>{capital(sentence, f)}.</Text>
        {children}
      </Stack>
    </Card>
  );
}

type ConflictProps = {
  read: Segment;
  mine: Given;
  busy: boolean;
  keep: (version: number) => void;
  take: (theirs: Segment) => void;
};

export function Conflict({ read, mine, busy, keep, take }: ConflictProps) {
  const { w, f, language } = useSpeech();
  const theirs = useSegment(read.id).data;
  const newest = useVersions(read.id).data?.pages[0]?.items[0];
  const sentence = useSentence(mine.rule).data?.[language];
  const difference = useDifference(read.id, read.version, theirs?.version ?? read.version);
  if (!theirs || theirs.version === read.version || sentence === undefined || newest === undefined)
    return <Waiting rows={6} p={0} />;
  if (theirs.state === "archived")
    return (
      <Alert color="red" variant="light">
        {w.versions.gone}
      </Alert>
    );
  return (
    <Stack maw={980}>
      <Notice tone="doubt" icon={<IconUsers aria-hidden />} title={w.versions.conflictTitle}>
        {w.versions.conflictBody}
      </Notice>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Side title={w.versions.mine} name={mine.name} sentence={sentence}>
          <Text size="sm" c="dimmed">
            {w.versions.keepMineHelp}
          </Text>
          <Button onClick={() => keep(theirs.version)} loading={busy}>
            {w.versions.keepMine}
          </Button>
        </Side>
        <Side
          title={w.versions.theirs(newest.author, f.moment(theirs.updated_at))}
          name={theirs.name}
          sentence={theirs.sentence[language]}
        >
          <Text size="sm" fw={600}>
            {w.versions.theirChange}
          </Text>
          <Loaded query={difference} rows={2} p={0}>
            {(found) => <Changed difference={found} />}
          </Loaded>
          <Text size="sm" c="dimmed">
            {w.versions.takeTheirsHelp}
          </Text>
          <Button variant="default" onClick={() => take(theirs)}>
            {w.versions.takeTheirs}
          </Button>
        </Side>
      </SimpleGrid>
    </Stack>
  );
}
