/** What a chart shows, and how its instants are written: for the drawing and for the table of the same numbers. */
import type { Format } from "../words/format";

/** A value that is not known (null) leaves a gap. */
export type Series = {
  name: string;
  values: (number | null)[];
  look: "accent" | "second" | "grey";
  area?: boolean;
  dashed?: boolean;
};
export type ChartProps = { label: string; times: number[]; series: Series[]; height?: number };

/** How the instants of a chart are written: by day, or by the hour where they are closer. */
export const ticks = (times: number[], f: Format) =>
  (times[1] ?? Infinity) - (times[0] ?? 0) < 86_400_000 ? f.clock : f.shortDay;
