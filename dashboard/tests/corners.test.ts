/** Corners of an area as people paste them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Corner } from "../src/api/types";
import { cornerText, readCorners } from "../src/segments/corners";

const degrees = (most: number) =>
  fc.integer({ min: -most * 1e6, max: most * 1e6 }).map((millionths) => millionths / 1e6);
const corner: fc.Arbitrary<Corner> = fc.tuple(degrees(90), degrees(180));
const ring = fc.uniqueArray(corner, { minLength: 3, maxLength: 20, selector: (one) => one.join() });
const swapped = (corners: Corner[]) => corners.map(([latitude, longitude]) => [longitude, latitude]);

test("what is written is read back", () => {
  fc.assert(
    fc.property(ring, (corners) => {
      expect(readCorners(cornerText(corners))).toEqual(corners);
    }),
  );
});

test("GeoJSON has the longitude first, may be wrapped, and closes its ring", () => {
  fc.assert(
    fc.property(ring, (corners) => {
      const closed = [...corners, corners[0] as Corner];
      const polygon = { type: "Polygon", coordinates: [swapped(closed)] };
      const feature = { type: "Feature", properties: {}, geometry: polygon };
      const wrapped = [
        polygon,
        feature,
        { type: "FeatureCollection", features: [feature] },
        { type: "GeometryCollection", geometries: [polygon] },
        { type: "MultiPolygon", coordinates: [[swapped(closed)]] },
      ];
      for (const one of wrapped) expect(readCorners(JSON.stringify(one))).toEqual(corners);
    }),
  );
});

test("a height is left away", () => {
  const coordinates = [
    [2, 48, 35],
    [3, 48, 35],
    [3, 49, 35],
  ];
  expect(readCorners(JSON.stringify({ type: "Polygon", coordinates: [coordinates] }))).toEqual([
    [48, 2],
    [48, 3],
    [49, 3],
  ]);
});

test.each([
  "",
  "48, 2",
  "48, 2\n49, 3",
  "48, 2\n49, 3\n48, 2",
  "48, 2, 1\n49, 3, 1\n50, 4, 1",
  "48, two\n49, 3\n50, 4",
  "{",
  "{}",
  '{"type": "Point", "coordinates": [2, 48]}',
  '{"type": "Polygon", "coordinates": [[[2, 48], [3, 48], [3, 49]], [[2.1, 48.1], [2.2, 48.1], [2.2, 48.2]]]}',
  '{"type": "Polygon", "coordinates": [[[2, "48"], [3, 48], [3, 49]]]}',
  '{"type": "FeatureCollection", "features": []}',
  '{"type": "Feature", "geometry": null}',
  '{"type": "MultiPolygon", "coordinates": 1}',
])("%j is no area", (text) => {
  expect(readCorners(text)).toBeNull();
});

test("any text is read or refused, and never throws", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const corners = readCorners(text);
      expect(corners === null || corners.length >= 3).toBe(true);
    }),
  );
});
