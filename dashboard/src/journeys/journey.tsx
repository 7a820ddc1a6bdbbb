import { Anchor, Button, Grid, Group, List, Stack, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRocket } from "@tabler/icons-react";
import { Link, useNavigate, useParams } from "react-router";
import { server, take } from "../api/client";
import type { Journey } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { type FigureData, Figures } from "../pieces/figure";
import { PageFailed } from "../pieces/not-there";
import { Notice } from "../pieces/notice";
import { Card, Page } from "../pieces/page";
import { PutAway } from "../pieces/put-away";
import { errorText, Failed, Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useSegmentName } from "../segments/queries";
import { useApp } from "../shell/app";
import type { Tongue } from "../words/sentences";
import { useSpeech } from "../words/words";
import { Canvas } from "./canvas";
import { stateTones } from "./list";
import { type Counts, useCounts, useJourney, useNodeKinds, usePublishing } from "./queries";
import { Runs } from "./runs";
import { entryNotes, entrySentence, exitSentences, goalSentence, startSegment } from "./sentences";

/** What publishing does, whom it leaves out, and what may be a mistake. */
function BeforePublishing({ journey }: { journey: Journey }) {
  const { w } = useSpeech();
  const query = usePublishing(journey, true);
  const present = query.data?.present;
  return (
    <Stack gap="sm">
      <span>{w.journeys.publishBody}</span>
      {query.isError && <Notice tone="bad">{errorText(query.error, w)}</Notice>}
      {present && present.left_out > 0 && <Notice tone="doubt">{w.journeys.leftOut(present.left_out)}</Notice>}
      {present && present.taken_in > 0 && <Notice tone="doubt">{w.journeys.takenIn(present.taken_in)}</Notice>}
      {query.data?.warnings.map((one) => (
        <Notice key={one.path} tone="doubt">
          {w.error(one)}
        </Notice>
      ))}
    </Stack>
  );
}

function Endings({ journey, entered }: { journey: Journey; entered: number | undefined }) {
  const { w } = useSpeech();
  const { id, page } = useApp();
  const navigate = useNavigate();
  const params = { path: { app: id, journey: journey.id } };
  const archive = useChange({
    run: () =>
      take(
        server.POST("/api/v1/apps/{app}/journeys/{journey}/archive", { params, body: { version: journey.version } }),
      ),
    touches: [
      ["journey", id, journey.id],
      ["journeys", id],
    ],
    done: w.journeys.archived,
  });
  const remove = useChange({
    run: () => take(server.DELETE("/api/v1/apps/{app}/journeys/{journey}", { params })),
    touches: [["journeys", id]],
    done: w.journeys.deleted,
  });
  const away = async () => {
    await remove.mutateAsync(undefined);
    await navigate(page("journeys"));
  };
  return (
    <PutAway
      archive={
        journey.state === "archived"
          ? null
          : {
              label: w.common.archive,
              title: w.journeys.archiveTitle,
              body: w.journeys.archiveBody,
              run: () => archive.mutateAsync(undefined),
            }
      }
      remove={
        entered === 0
          ? { label: w.common.delete, title: w.journeys.deleteTitle, body: w.journeys.deleteBody, run: away }
          : null
      }
    />
  );
}

function StateButtons({ journey }: { journey: Journey }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const turn = useChange({
    run: (word: "publish" | "pause" | "resume") =>
      take(
        server.POST(`/api/v1/apps/{app}/journeys/{journey}/${word}`, {
          params: { path: { app: id, journey: journey.id } },
          body: { version: journey.version },
        }),
      ),
    touches: [
      ["journey", id, journey.id],
      ["journeys", id],
    ],
  });
  if (journey.state === "live") {
    return (
      <Confirm
        title={w.journeys.pauseTitle}
        body={w.journeys.pauseBody}
        action={w.journeys.pause}
        run={() => turn.mutateAsync("pause")}
      >
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
      <Button
        leftSection={<IconPlayerPlay size={16} aria-hidden />}
        loading={turn.isPending}
        onClick={() => turn.mutate("resume")}
      >
        {w.journeys.resume}
      </Button>
    );
  }
  if (journey.state === "archived") return null;
  return (
    <Confirm
      title={w.journeys.publishTitle}
      body={<BeforePublishing journey={journey} />}
      action={w.journeys.publish}
      run={() => turn.mutateAsync("publish")}
    >
      {(open) => (
        <Button leftSection={<IconRocket size={16} aria-hidden />} onClick={open}>
          {w.journeys.publish}
        </Button>
      )}
    </Confirm>
  );
}

/** The way to the segment that a journey starts on, where it starts on one. */
function StartSegment({ journey }: { journey: Journey }) {
  const { page } = useApp();
  const name = useSegmentName();
  const id = startSegment(journey.graph);
  return id === null ? null : (
    <Anchor component={Link} to={page(`segments/${id}`)} size="sm">
      {name(id) ?? String(id)}
    </Anchor>
  );
}

function Terms({ journey }: { journey: Journey }) {
  const { w, f } = useSpeech();
  const segmentName = useSegmentName();
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
        {term(w.journeys.startsWhen, [entrySentence(graph, { w, f }, segmentName), ...entryNotes(graph, { w, f })])}
        <StartSegment journey={journey} />
        {term(w.journeys.stopsWhen, exitSentences(graph, { w, f }))}
        {term(w.journeys.goal, goal ? [goal] : [])}
      </Stack>
    </Card>
  );
}

/** Whoever did what ends the journey is its success where that is the goal, and at least no failure. */
function figuresOf(counts: Counts, { w, f }: Tongue): FigureData[] {
  const share = (n: number) => counts.entered > 0 && f.share(n, counts.entered);
  const goal = counts.goal?.event;
  const otherwise = counts.otherwise.reduce((sum, each) => sum + each.runs, 0);
  const exits = [...counts.exits].sort((one, other) => Number(other.event === goal) - Number(one.event === goal));
  return [
    { label: w.journeys.entered, value: f.number(counts.entered) },
    { label: w.journeys.waiting, value: f.number(counts.waiting) },
    ...exits.slice(0, MOST_EXITS).map(({ event, runs }) => ({
      label: w.credit.bought(event),
      value: f.number(runs),
      detail: share(runs),
      accent: event === goal,
    })),
    { label: w.journeys.done, value: f.number(counts.completed), detail: share(counts.completed) },
    ...(otherwise > 0 ? [{ label: w.credit.otherwise, value: f.number(otherwise), detail: share(otherwise) }] : []),
    ...(counts.goal
      ? [
          {
            label: w.credit.goalReached,
            value: f.number(counts.goal.reached),
            detail: w.credit.goalHelp(counts.goal.event),
            accent: true,
          },
        ]
      : []),
    { label: w.credit.brought, value: f.revenue(counts.money) },
  ];
}

const MOST_EXITS = 3;

export default function JourneyPage() {
  const { w, f } = useSpeech();
  const { page } = useApp();
  const id = Number(useParams().journey);
  const query = useJourney(id);
  const journey = query.data;
  const counts = useCounts(journey);
  const kinds = useNodeKinds();
  if (query.isError && !journey) return <PageFailed error={query.error} retry={() => void query.refetch()} />;
  if (!journey) return <Waiting rows={10} p={0} />;
  const figures = counts && figuresOf(counts, { w, f });
  const line = (
    <Group gap="xs">
      <Label tone={stateTones[journey.state] ?? "quiet"}>{w.journeys.state[journey.state] ?? journey.state}</Label>
      {journey.published > 0 && <span>{w.journeys.version(journey.published)}</span>}
    </Group>
  );
  const actions = (
    <>
      <StateButtons journey={journey} />
      <Endings journey={journey} entered={counts?.entered} />
    </>
  );
  return (
    <Page title={journey.name} line={line} back={{ to: page("journeys"), label: w.journeys.title }} actions={actions}>
      <Figures columns={3} count={6} items={figures} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }} order={{ base: 2, lg: 1 }}>
          <Card title={w.journeys.graph} flush>
            {kinds.isError && <Failed error={kinds.error} retry={() => void kinds.refetch()} />}
            {kinds.isPending && <Waiting rows={8} />}
            {kinds.data && <Canvas graph={journey.graph} kinds={kinds.data} counts={counts} />}
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
