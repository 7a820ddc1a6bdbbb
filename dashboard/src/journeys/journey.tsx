import { Button, Grid, Group, List, Stack, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRocket } from "@tabler/icons-react";
import { useParams } from "react-router";
import { server, take } from "../api/client";
import type { Journey } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Figures } from "../pieces/figure";
import { Card, Page } from "../pieces/page";
import { Failed, Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { Canvas } from "./canvas";
import { stateTones } from "./list";
import { useCounts, useJourney } from "./queries";
import { Runs } from "./runs";
import { entrySentence, exitSentences, goalSentence } from "./sentences";

function StateButtons({ journey }: { journey: Journey }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const turn = useChange({
    run: (word: "publish" | "pause" | "resume") =>
      take(server.POST(`/api/v1/apps/{app}/journeys/{journey}/${word}`, { params: { path: { app: id, journey: journey.id } }, body: { version: journey.version } })),
    touches: [["journey", id, journey.id], ["journeys", id]],
  });
  if (journey.state === "live") {
    return (
      <Confirm title={w.journeys.pauseTitle} body={w.journeys.pauseBody} action={w.journeys.pause} run={() => turn.mutateAsync("pause")}>
        {(open) => (
          <Button variant="default" leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={open}>
            {w.journeys.pause}
          </Button>
        )}
      </Confirm>
    );
  }
  if (journey.state === "paused") {
    return (
      <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} loading={turn.isPending} onClick={() => turn.mutate("resume")}>
        {w.journeys.resume}
      </Button>
    );
  }
  return (
    <Confirm title={w.journeys.publishTitle} body={w.journeys.publishBody} action={w.journeys.publish} run={() => turn.mutateAsync("publish")}>
      {(open) => (
        <Button leftSection={<IconRocket size={16} aria-hidden />} onClick={open}>
          {w.journeys.publish}
        </Button>
      )}
    </Confirm>
  );
}

function Terms({ journey }: { journey: Journey }) {
  const { w, f } = useSpeech();
  const { graph } = journey;
  const goal = goalSentence(graph, { w, f });
  const term = (name: string, lines: string[]) =>
    lines.length > 0 && (
      <div>
        <Text size="sm" c="dimmed">
          {name}
        </Text>
        {lines.length === 1 ? (
          <Text fw={500}>{lines[0]}</Text>
        ) : (
          <List>
            {lines.map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        )}
      </div>
    );
  return (
    <Card>
      <Stack gap="md">
        {term(w.journeys.startsWhen, [entrySentence(graph, { w, f })])}
        {term(w.journeys.stopsWhen, exitSentences(graph, { w, f }))}
        {term(w.journeys.goal, goal ? [goal] : [])}
      </Stack>
    </Card>
  );
}

export default function JourneyPage() {
  const { w, f } = useSpeech();
  const { page } = useApp();
  const id = Number(useParams().journey);
  const query = useJourney(id);
  const journey = query.data;
  const counts = useCounts(journey);
  if (query.isError && !journey) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!journey) return <Waiting rows={10} p={0} />;
  const figures = counts && [
    { label: w.journeys.entered, value: f.number(counts.entered) },
    { label: w.journeys.waiting, value: f.number(counts.waiting) },
    { label: w.journeys.done, value: f.number(counts.done), detail: f.share(counts.done, counts.entered) },
    { label: w.journeys.left, value: f.number(counts.stopped), detail: f.share(counts.stopped, counts.entered) },
  ];
  const line = (
    <Group gap="xs">
      <Label tone={stateTones[journey.state] ?? "quiet"}>{w.journeys.state[journey.state] ?? journey.state}</Label>
      {journey.published > 0 && <span>{w.journeys.version(journey.published)}</span>}
    </Group>
  );
  return (
    <Page title={journey.name} line={line} back={{ to: page("journeys"), label: w.journeys.title }} actions={<StateButtons journey={journey} />}>
      <Figures columns={4} items={figures} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }} order={{ base: 2, lg: 1 }}>
          <Card title={w.journeys.graph} flush>
            <Canvas graph={journey.graph} counts={counts} />
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }} order={{ base: 1, lg: 2 }}>
          <Terms journey={journey} />
        </Grid.Col>
        <Grid.Col span={12} order={3}>
          <Runs journey={journey} />
        </Grid.Col>
      </Grid>
    </Page>
  );
}
