/** What is read off the points of a segment's course. */
import type { SegmentPoint } from "../api/types";

/** Sizes since the segment was made; before that (null) nobody was in it, whoever would have been. */
export const sizesSince = (points: SegmentPoint[], created: number) =>
  points.map((point, place) => ((points[place + 1]?.since ?? Infinity) <= created ? null : point.size));

/** How many came and went over the last points; a member who became part of somebody else went too. */
export function moved(points: SegmentPoint[], last: number) {
  const recent = points.slice(-last);
  const sum = (name: "entered" | "left" | "merged") => recent.reduce((all, point) => all + point[name], 0);
  return { entered: sum("entered"), left: sum("left") + sum("merged") };
}
