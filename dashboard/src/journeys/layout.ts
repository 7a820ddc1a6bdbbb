/** Where the steps stand and how the arrows run: top to bottom, arrows around steps (dagre's layered layout). */
import { graphlib, layout } from "@dagrejs/dagre";
import type { Graph, KindForm, Node } from "../api/types";
import type { Tongue } from "../words/sentences";

export const entryId = "(entry)";
export const size = { width: 272, height: 134 };

/** ``way`` is the edge's, as the counts name it; an arrow that nobody has to go by is broken. */
export type Arrow = { from: string; to: string; label: string; way: string };
export const exitId = (event: string) => `(exit ${event})`;
export const endId = "(end)";
export type Place = { id: string; x: number; y: number };
/** An arrow drawn: the path's `d`, and the middle of its label. */
export type Line = Arrow & { path: string; x: number; y: number };
type Point = { x: number; y: number };

/** Its edges are the fields that the server says are: those of a kind without words for them go by their names. */
function arrowsOf(node: Node, kinds: KindForm[], { w, f }: Tongue): Arrow[] {
  const fields = kinds.find((one) => one.kind === node.kind)?.fields ?? [];
  const edges = fields.filter((one) => one.role === "edge").map((one) => one.name);
  const length = fields.find((one) => one.role === "length");
  const lasting = length === undefined ? "" : f.duration(String(node[length.name]));
  return edges.map((way) => ({
    from: node.id,
    to: (node[way] as string | null) ?? endId,
    label: w.journeys.edges[`${node.kind}.${way}`]?.(lasting) ?? (edges.length > 1 ? way : ""),
    way,
  }));
}

/** The events that end a run, wherever it stands, each once. */
export const exitEvents = (graph: Graph) => [...new Set((graph.exits ?? []).map((exit) => exit.event))];

function arrowsIn(graph: Graph, kinds: KindForm[], tongue: Tongue): Arrow[] {
  const exits = exitEvents(graph).map((event) => ({
    from: entryId,
    to: exitId(event),
    label: tongue.w.credit.anyTime,
    way: "exit_event",
  }));
  return [
    { from: entryId, to: graph.start, label: "", way: "start" },
    ...graph.nodes.flatMap((node) => arrowsOf(node, kinds, tongue)),
    ...exits,
  ];
}

/** A curve through the points that leaves and arrives straight down. */
function curve(points: Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let before = first;
  const parts = [`M ${first.x} ${first.y}`];
  for (const point of rest) {
    const middle = (before.y + point.y) / 2;
    parts.push(`C ${before.x} ${middle} ${point.x} ${middle} ${point.x} ${point.y}`);
    before = point;
  }
  return parts.join(" ");
}

export function draw(
  graph: Graph,
  kinds: KindForm[],
  tongue: Tongue,
): { places: Place[]; lines: Line[]; width: number; height: number } {
  const arrows = arrowsIn(graph, kinds, tongue);
  const drawing = new graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: "TB", nodesep: 48, ranksep: 34, edgesep: 28, marginx: 24, marginy: 24 });
  const ends = arrows.some((arrow) => arrow.to === endId) ? [endId] : [];
  for (const id of [entryId, ...graph.nodes.map((node) => node.id), ...exitEvents(graph).map(exitId), ...ends])
    drawing.setNode(id, { ...size });
  for (const [number, { from, to, label }] of arrows.entries()) {
    drawing.setEdge(
      from,
      to,
      { width: label === "" ? 16 : label.length * 7 + 64, height: label === "" ? 4 : 24, labelpos: "c" },
      String(number),
    );
  }
  layout(drawing);
  const at = (id: string): Point => {
    const { x, y } = drawing.node(id);
    return { x: x ?? 0, y: y ?? 0 };
  };
  const places = drawing.nodes().map((id) => ({ id, x: at(id).x - size.width / 2, y: at(id).y - size.height / 2 }));
  const lines = arrows.map((arrow, number): Line => {
    const edge = drawing.edge(arrow.from, arrow.to, String(number));
    const inner = ((edge.points ?? []) as Point[]).slice(1, -1);
    const start = { x: at(arrow.from).x, y: at(arrow.from).y + size.height / 2 };
    const end = { x: at(arrow.to).x, y: at(arrow.to).y - size.height / 2 - 4 };
    return { ...arrow, path: curve([start, ...inner, end]), x: edge.x ?? 0, y: edge.y ?? 0 };
  });
  const { width, height } = drawing.graph();
  return { places, lines, width: width ?? 0, height: height ?? 0 };
}
