/** The three largest segments over the last thirty days. */
import { useMemo } from "react";
import type { SegmentRow, SegmentsReport } from "../api/types";
import { Chart } from "../pieces/chart";
import { Card } from "../pieces/page";
import type { Series } from "../pieces/series";
import { Loaded, Quiet } from "../pieces/states";
import { useSegments } from "../segments/queries";
import { sizesSince } from "../segments/sizes";
import { useSpeech } from "../words/words";
import { useSegmentsReport } from "./queries";

const looks = ["accent", "second", "grey"] as const;

/** The day before anybody was in any of them; the empty time before that tells nothing. */
export function firstDay(rows: SegmentRow[]): number {
  const starts = rows.map((row) => row.points.findIndex((point) => point.size > 0)).filter((place) => place >= 0);
  const least = (rows[0]?.points.length ?? 0) - 7;
  return Math.max(0, Math.min(least, ...starts.map((place) => place - 1)));
}

function Lines({ report }: { report: SegmentsReport }) {
  const { w } = useSpeech();
  const largest = useMemo(() => [...report.segments].sort((a, b) => b.size - a.size).slice(0, looks.length), [report]);
  const first = useMemo(() => firstDay(largest), [largest]);
  const times = useMemo(() => largest[0]?.points.slice(first).map((point) => point.since) ?? [], [largest, first]);
  const segments = useSegments().data;
  const created = useMemo(() => new Map(segments?.map((one) => [one.id, one.created_at])), [segments]);
  const series = useMemo(
    () =>
      largest.map(
        (row, place): Series => ({
          name: row.name,
          values: sizesSince(row.points, created.get(row.segment_id) ?? 0).slice(first),
          look: looks[place] ?? "grey",
          area: place === 0,
        }),
      ),
    [largest, first, created],
  );
  if (times.length === 0) return <Quiet p={0}>{w.segments.emptyBody}</Quiet>;
  return <Chart label={w.overview.overTime} times={times} series={series} />;
}

export function OverTime() {
  const { w } = useSpeech();
  const report = useSegmentsReport();
  return (
    <Card title={w.overview.overTime} line={w.saw.daysInUtc} h="100%">
      <Loaded query={report} rows={8} p={0}>
        {(found) => <Lines report={found} />}
      </Loaded>
    </Card>
  );
}
