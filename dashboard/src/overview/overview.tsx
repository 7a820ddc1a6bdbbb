/** The first page: is it alive, what went out, what did it bring, what was kept back. */
import { Anchor, Button, Grid, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconPlugConnected } from "@tabler/icons-react";
import { Link } from "react-router";
import type { OverviewReport, SkippedReport } from "../api/types";
import { Bars } from "../pieces/bars";
import { type FigureData, Figures } from "../pieces/figure";
import { Moment } from "../pieces/moment";
import { PageFailed } from "../pieces/not-there";
import { Notice } from "../pieces/notice";
import { Card, Page } from "../pieces/page";
import { Empty, Loaded, Quiet } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { AudiencesStopped } from "./audiences-stopped";
import { Brought } from "./brought";
import { DomainsStopped } from "./domains-stopped";
import { Late } from "./late";
import { OverTime } from "./over-time";
import { OwnClock } from "./own-clock";
import { ProvidersDown } from "./providers-down";
import { PushPaused } from "./push-paused";
import { useHealth, useLatency, useOverview, useSkipped } from "./queries";
import { Rfm } from "./rfm";

function useFigures(report: OverviewReport | undefined): FigureData[] | undefined {
  const { w, f } = useSpeech();
  const { page } = useApp();
  if (!report) return undefined;
  const { messages } = report;
  const { rates } = messages;
  const known = (n: number | null) => (n === null ? "–" : f.compact(n));
  const of = (rate: number | null, sentence = w.overview.ofSent) => rate !== null && sentence(f.rate(rate));
  return [
    { label: w.overview.sent, value: f.compact(messages.sent) },
    { label: w.overview.opened, value: known(messages.opened), detail: of(rates.opened, w.overview.ofMails) },
    { label: w.overview.clicked, value: f.compact(messages.clicked), detail: of(rates.clicked) },
    { label: w.overview.revenue, value: f.revenue(messages), accent: true, detail: w.overview.revenueDetail },
    { label: w.saw.notSent, value: f.compact(report.not_sent), detail: report.not_sent === 0 && w.saw.notSentNone },
    { label: w.overview.converted, value: known(messages.converted), detail: of(rates.converted, w.overview.ofAimed) },
    {
      label: w.overview.people,
      value: (
        <Link to={page("people")} className="plain-link">
          {f.compact(report.people)}
        </Link>
      ),
    },
    {
      label: w.overview.events,
      value: f.compact(report.events),
      detail: report.last_event_at !== null && (
        <>
          {w.saw.lastEvent} <Moment at={report.last_event_at} size="xs" />
        </>
      ),
    },
  ];
}

function Skipped() {
  const { w, f } = useSpeech();
  const { page } = useApp();
  const skipped = useSkipped();
  const under = (reason: string, messages: SkippedReport["messages"]) => (
    <Text size="xs" c="dimmed" mt={4}>
      {messages
        ?.filter((one) => one.reason === reason)
        .map((one, place) => (
          <span key={one.message_id}>
            {place > 0 && ", "}
            <Link to={page(`messages/${one.message_id}`)} className="plain-link">
              {one.name}
            </Link>{" "}
            {f.number(one.count)}
          </span>
        ))}
    </Text>
  );
  return (
    <Card title={w.overview.skipped} h="100%">
      <Loaded query={skipped} p={0}>
        {({ reasons, messages }) =>
          reasons.length === 0 ? (
            <Quiet p={0}>{w.overview.skippedNone}</Quiet>
          ) : (
            <Bars
              quiet
              bars={reasons.map(({ reason, sentence, count }) => ({
                key: reason,
                label: w.deliveries.reason[reason] ?? sentence,
                value: count,
                text: f.number(count),
                below: under(reason, messages),
              }))}
            />
          )
        }
      </Loaded>
    </Card>
  );
}

function Segments({ report }: { report: OverviewReport | undefined }) {
  const { w, f } = useSpeech();
  const { page } = useApp();
  const segments = [...(report?.segments ?? [])].sort((a, b) => b.size - a.size).slice(0, 7);
  return (
    <Card title={w.overview.segments} h="100%">
      {report && segments.length === 0 && <Quiet p={0}>{w.segments.emptyBody}</Quiet>}
      <Bars
        bars={segments.map((one) => ({
          key: String(one.segment_id),
          label: one.name,
          value: one.size,
          text: f.number(one.size),
          to: page(`segments/${one.segment_id}`),
        }))}
      />
    </Card>
  );
}

function Latencies() {
  const { w, f } = useSpeech();
  const latency = useLatency().data;
  const health = useHealth().data;
  if (!latency) return null;
  const lines = (["event_to_segment", "event_to_message"] as const).flatMap((name) => {
    const { p50_ms, p99_ms } = latency[name];
    return p50_ms === null || p99_ms === null ? [] : [w.overview.latency[name](f.span(p50_ms), f.span(p99_ms))];
  });
  const behind = health?.behind ?? 0;
  return (
    <Card title={w.saw.speed} mt="md">
      <Stack gap={2}>
        {lines.map((line) => (
          <Text key={line} size="sm">
            {line}
          </Text>
        ))}
        <Text size="sm" c="dimmed">
          {behind === 0 ? w.overview.settled : `${f.number(behind)} ${w.overview.lagDetail}`}.
        </Text>
      </Stack>
    </Card>
  );
}

/** Says, as long as it is so, what an app opens that takes unsigned pages at their word. */
function Trusting() {
  const { w } = useSpeech();
  const { app, page } = useApp();
  if (!app?.settings.trust_unsigned_browsers) return null;
  return (
    <Notice tone="doubt" mb="md" title={w.trust.noticeTitle} icon={<IconAlertTriangle aria-hidden />}>
      {w.trust.notice}{" "}
      <Anchor component={Link} to={page("developers")} size="sm">
        {w.trust.noticeStep}
      </Anchor>
    </Notice>
  );
}

export function Overview() {
  const { w } = useSpeech();
  const { page } = useApp();
  const overview = useOverview();
  const report = overview.data;
  const figures = useFigures(report);
  if (overview.isError && !report) return <PageFailed error={overview.error} retry={() => void overview.refetch()} />;
  if (report && report.events === 0 && report.people === 0) {
    return (
      <Page title={w.overview.title}>
        <Card>
          <Empty
            icon={IconPlugConnected}
            title={w.overview.empty}
            action={
              <Button component={Link} to={page("developers")} mt="sm">
                {w.overview.emptyStep}
              </Button>
            }
          >
            {w.overview.emptyBody}
          </Empty>
        </Card>
      </Page>
    );
  }
  return (
    <Page title={w.overview.title} line={w.saw.overviewLine}>
      <Trusting />
      <Late />
      <ProvidersDown />
      <PushPaused />
      <DomainsStopped />
      <AudiencesStopped />
      <OwnClock />
      <Figures columns={4} count={8} items={figures} />
      <Brought />
      <Grid gap="md" align="stretch">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <OverTime />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Segments report={report} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Rfm />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Skipped />
        </Grid.Col>
      </Grid>
      <Latencies />
    </Page>
  );
}
