/** A segment over time: its size, and who came and went, over a period that one chooses. */
import { SegmentedControl, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { Chart } from "../pieces/chart";
import { Card } from "../pieces/page";
import { type Series, ticks } from "../pieces/series";
import { Loaded } from "../pieces/states";
import { useSpeech } from "../words/words";
import { useCourse } from "./queries";
import { sizesSince } from "./sizes";

type Points = NonNullable<ReturnType<typeof useCourse>["data"]>["points"];

function Lines({ points, created }: { points: Points; created: number }) {
  const { w, f } = useSpeech();
  const times = useMemo(() => points.map((point) => point.since), [points]);
  const size = useMemo<Series[]>(
    () => [{ name: w.segments.size, values: sizesSince(points, created), look: "accent", area: true }],
    [points, created, w],
  );
  const moves = useMemo<Series[]>(
    () => [
      { name: w.segments.entered, values: points.map((point) => point.entered), look: "accent" },
      { name: w.segments.left, values: points.map((point) => point.left), look: "second" },
    ],
    [points, w],
  );
  const sum = (name: "entered" | "left" | "merged") => points.reduce((all, point) => all + point[name], 0);
  const merged = sum("merged");
  const tick = ticks(times, f);
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">
        {w.segments.movedIn(f.number(sum("entered")), f.number(sum("left")))} {merged > 0 && w.segments.merged(merged)}
      </Text>
      <Chart label={w.segments.history} times={times} series={size} height={200} />
      {points.map(
        ({ since, edited }) =>
          edited && (
            <Text key={since} size="sm" c="dimmed" className="tabular">
              {w.segments.edited(tick(since), f.number(edited.entered), f.number(edited.left))}
            </Text>
          ),
      )}
      <Text component="h3" fz={15} fw={600} mt="md" mb="xs">
        {w.segments.moves}
      </Text>
      <Chart label={w.segments.moves} times={times} series={moves} height={170} />
    </>
  );
}

export function Course({ segment, created }: { segment: number; created: number }) {
  const { w } = useSpeech();
  const [days, setDays] = useState("30");
  const course = useCourse(segment, Number(days));
  const periods = ["1", "7", "30", "90"].map((value) => ({ value, label: w.segments.days(Number(value)) }));
  return (
    <Card title={w.segments.history} line={Number(days) > 1 && w.saw.daysInUtc}>
      <SegmentedControl
        mb="sm"
        size="xs"
        aria-label={w.segments.period}
        data={periods}
        value={days}
        onChange={setDays}
      />
      <Loaded query={course} rows={8} p={0}>
        {(found) => <Lines points={found.points} created={created} />}
      </Loaded>
    </Card>
  );
}
