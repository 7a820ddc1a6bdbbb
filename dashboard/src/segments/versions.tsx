/** How a segment came to be what it is: every version, the difference between any two, and the way back. */
import { Box, Button, Grid, Group, Select, Stack, Text } from "@mantine/core";
import { IconArrowBackUp } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useParams } from "react-router";
import { server, take } from "../api/client";
import type { Segment, Version } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Moment } from "../pieces/moment";
import { More } from "../pieces/more";
import { PageFailed } from "../pieces/not-there";
import { Card, Page } from "../pieces/page";
import { Loaded, Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { capital } from "../words/sentences";
import { useSpeech } from "../words/words";
import { Announce } from "./announce";
import { Changed } from "./difference";
import { useDifference, usePreview, useSegment, useVersions } from "./queries";

/** What going back would change: in sentences, and in people. */
function Ahead({ segment, version, children }: { segment: Segment; version: Version; children: ReactNode }) {
  const { w, f } = useSpeech();
  const difference = useDifference(segment.id, segment.version, version.version);
  const count = usePreview(version.rule).data?.count;
  return (
    <Stack gap="sm">
      <Text size="sm">{w.versions.restoreBody}</Text>
      <Loaded query={difference} rows={2} p={0}>
        {(found) => <Changed difference={found} />}
      </Loaded>
      <Text size="sm" fw={600} mih={20} aria-live="polite">
        {count !== undefined && segment.size !== null && w.versions.counts(f.number(segment.size), f.number(count))}
      </Text>
      {children}
    </Stack>
  );
}

function Restore({ segment, version }: { segment: Segment; version: Version }) {
  const { w } = useSpeech();
  const { id: app } = useApp();
  const [announce, setAnnounce] = useState(false);
  const restore = useChange({
    run: () =>
      take(
        server.POST("/api/v1/apps/{app}/segments/{segment}/versions/{earlier}/restore", {
          params: { path: { app, segment: segment.id, earlier: version.version } },
          body: { version: segment.version, announce },
        }),
      ),
    touches: [
      ["segments", app],
      ["segment", app, segment.id],
    ],
    done: w.versions.restored,
  });
  return (
    <Confirm
      title={w.versions.restoreTitle(version.version)}
      body={
        <Ahead segment={segment} version={version}>
          <Announce value={announce} onChange={setAnnounce} />
        </Ahead>
      }
      action={w.versions.restoreDo}
      run={() => restore.mutateAsync(undefined)}
    >
      {(open) => (
        <Button
          variant="default"
          size="xs"
          style={{ flexShrink: 0 }}
          leftSection={<IconArrowBackUp size={14} aria-hidden />}
          onClick={open}
          aria-label={`${w.versions.restore}: ${w.versions.version(version.version)}`}
        >
          {w.versions.restore}
        </Button>
      )}
    </Confirm>
  );
}

function Entry({ segment, version }: { segment: Segment; version: Version }) {
  const { w, f, language } = useSpeech();
  const isNow = version.version === segment.version;
  return (
    <Box component="li" p="lg" style={{ borderTop: "1px solid var(--line)" }}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
        <Group gap="xs" style={{ minWidth: 0, flex: 1 }}>
          <Text fw={600}>{w.versions.version(version.version)}</Text>
          {isNow && <Label tone="good">{w.versions.now}</Label>}
          <Text size="sm" c="dimmed">
            <Moment at={version.created_at} size="sm" /> {version.author && w.versions.by(version.author)}
          </Text>
        </Group>
        {!isNow && segment.state === "active" && <Restore segment={segment} version={version} />}
      </Group>
      {version.archived ? (
        <Text size="sm">{w.versions.archived}</Text>
      ) : version.difference ? (
        <Changed difference={version.difference} />
      ) : (
        <Text size="sm">
          {w.versions.first}: {capital(version.sentence[language], f)}.
        </Text>
      )}
    </Box>
  );
}

function Compare({ segment, versions }: { segment: Segment; versions: Version[] }) {
  const { w } = useSpeech();
  const [from, setFrom] = useState<number | null>(null);
  const [to, setTo] = useState<number | null>(null);
  const earlier = from ?? Math.max(1, segment.version - 1);
  const later = to ?? segment.version;
  const difference = useDifference(segment.id, earlier, later);
  const data = versions.map((one) => ({ value: String(one.version), label: w.versions.version(one.version) }));
  return (
    <Card title={w.versions.compareTitle}>
      <Group grow mb="md">
        <Select
          label={w.versions.from}
          data={data}
          value={String(earlier)}
          allowDeselect={false}
          onChange={(next) => setFrom(Number(next))}
        />
        <Select
          label={w.versions.to}
          data={data}
          value={String(later)}
          allowDeselect={false}
          onChange={(next) => setTo(Number(next))}
        />
      </Group>
      {earlier === later ? (
        <Text size="sm" c="dimmed">
          {w.versions.same}
        </Text>
      ) : (
        <Loaded query={difference} rows={2} p={0}>
          {(found) => <Changed difference={found} />}
        </Loaded>
      )}
    </Card>
  );
}

export function SegmentVersions() {
  const { w, f, language } = useSpeech();
  const { page } = useApp();
  const id = Number(useParams().segment);
  const query = useVersions(id);
  const segment = useSegment(id).data;
  if (query.isError && !query.data) return <PageFailed error={query.error} retry={() => void query.refetch()} />;
  if (!query.data || !segment) return <Waiting rows={10} p={0} />;
  const versions = query.data.pages.flatMap((one) => one.items);
  return (
    <Page title={w.versions.title} line={w.versions.line} back={{ to: page(`segments/${id}`), label: segment.name }}>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }} order={{ base: 2, md: 1 }}>
          <Card flush>
            <Box component="ul" m={0} p={0} style={{ listStyle: "none" }}>
              {versions.map((one) => (
                <Entry key={one.version} segment={segment} version={one} />
              ))}
            </Box>
            <More query={query} />
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }} order={{ base: 1, md: 2 }}>
          <Stack>
            <Card title={w.segments.rule}>
              <Text>{capital(segment.sentence[language], f)}.</Text>
            </Card>
            {versions.length > 1 && <Compare segment={segment} versions={versions} />}
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
