/** The corners of an area as text: a latitude and a longitude a line, or GeoJSON, which has the longitude first. */
import type { Corner } from "../api/types";

export const cornerText = (corners: Corner[]) =>
  corners.map(([latitude, longitude]) => `${latitude}, ${longitude}`).join("\n");

const isPair = (one: unknown): one is Corner =>
  Array.isArray(one) &&
  one.length >= 2 &&
  one.slice(0, 2).every((number) => typeof number === "number" && Number.isFinite(number));

/** The only ring of a GeoJSON polygon, wherever it is wrapped; null where there is none, or more than one. */
function ringOf(json: unknown): Corner[] | null {
  if (typeof json !== "object" || json === null) return null;
  const one = json as {
    type?: string;
    features?: unknown[];
    geometry?: unknown;
    geometries?: unknown[];
    coordinates?: unknown[];
  };
  const inner =
    one.type === "FeatureCollection" ? one.features : one.type === "GeometryCollection" ? one.geometries : null;
  if (inner) return inner.length === 1 ? ringOf(inner[0]) : null;
  if (one.type === "Feature") return ringOf(one.geometry);
  const polygons = one.type === "Polygon" ? [one.coordinates] : one.type === "MultiPolygon" ? one.coordinates : [];
  const rings = (polygons ?? []).flatMap((polygon) => (Array.isArray(polygon) ? (polygon as unknown[]) : []));
  const ring = rings.length === 1 && Array.isArray(rings[0]) ? (rings[0] as unknown[]) : [];
  return ring.length > 0 && ring.every(isPair)
    ? opened(ring.map(([longitude, latitude]) => [latitude, longitude]))
    : null;
}

/** Without the first corner at the end again. */
function opened(ring: Corner[]): Corner[] {
  const [first, last] = [ring[0], ring[ring.length - 1]];
  return ring.length > 1 && first && last && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
}

/** What a text says; null where it is no area. */
export function readCorners(text: string): Corner[] | null {
  const trimmed = text.trim();
  let corners: Corner[] | null;
  if (trimmed.startsWith("{")) {
    try {
      corners = ringOf(JSON.parse(trimmed));
    } catch {
      return null;
    }
  } else {
    const lines = trimmed.split(/[\n;]+/).filter((line) => line.trim() !== "");
    const pairs = lines.map((line) =>
      line
        .trim()
        .split(/[\s,]+/)
        .map(Number),
    );
    corners = pairs.every((pair) => pair.length === 2 && isPair(pair)) ? opened(pairs as Corner[]) : null;
  }
  return corners !== null && corners.length >= 3 ? corners : null;
}
