/** How a chart's instants are written, and what is read off a segment's course. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SegmentPoint } from "../src/api/types";
import { ticks } from "../src/pieces/series";
import { moved, sizesSince } from "../src/segments/sizes";
import { makeFormat } from "../src/words/format";

const f = makeFormat("en-GB");
const day = 86_400_000;
const point = fc.record({
  since: fc.nat(),
  size: fc.nat({ max: 1_000_000 }),
  entered: fc.nat({ max: 1000 }),
  left: fc.nat({ max: 1000 }),
  merged: fc.nat({ max: 1000 }),
}) as unknown as fc.Arbitrary<SegmentPoint>;

test.each([
  [[], f.shortDay],
  [[0], f.shortDay],
  [[0, day], f.shortDay],
  [[0, 7 * day], f.shortDay],
  [[0, day - 1], f.clock],
  [[0, 3_600_000], f.clock],
])("instants %j", (times, expected) => {
  expect(ticks(times, f)).toBe(expected);
});

test("there is no size before a segment was made, and every size after it", () => {
  fc.assert(
    fc.property(fc.array(point), fc.nat(), (found, created) => {
      const points = found.sort((a, b) => a.since - b.since);
      const sizes = sizesSince(points, created);
      expect(sizes.length).toBe(points.length);
      for (const [place, size] of sizes.entries()) {
        const ends = points[place + 1]?.since ?? Number.POSITIVE_INFINITY;
        expect(size).toBe(ends <= created ? null : points[place]?.size);
      }
      if (points.length > 0) expect(sizes.at(-1)).toBe(points.at(-1)?.size);
    }),
  );
});

test("the last points are added up, and who became part of another left", () => {
  fc.assert(
    fc.property(fc.array(point), fc.integer({ min: 1, max: 40 }), (points, last) => {
      let [entered, left] = [0, 0];
      for (const one of points.slice(Math.max(0, points.length - last))) {
        entered += one.entered;
        left += one.left + one.merged;
      }
      expect(moved(points, last)).toEqual({ entered, left });
    }),
  );
});
