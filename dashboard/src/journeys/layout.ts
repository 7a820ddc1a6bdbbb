/** Where the steps stand: top to bottom, in the order of the edges (dagre's layered layout). */
import { graphlib, layout } from "@dagrejs/dagre";
import type { Graph, Node } from "../api/types";
import type { Tongue } from "../words/sentences";

export const entryId = "(entry)";
export const size = { width: 250, height: 112 };

export type Arrow = { from: string; to: string; label: string };
export type Place = { id: string; x: number; y: number };

function arrowsOf(node: Node, { w, f }: Tongue): Arrow[] {
  switch (node.kind) {
    case "wait_for":
      return [
        { from: node.id, to: node.then, label: w.journeys.edge.then },
        { from: node.id, to: node.else, label: w.journeys.edge.else(f.duration(node.up_to)) },
      ];
    case "branch":
      return [
        { from: node.id, to: node.then, label: w.journeys.edge.yes },
        { from: node.id, to: node.else, label: w.journeys.edge.no },
      ];
    case "exit":
      return [];
    default:
      return [{ from: node.id, to: node.next, label: "" }];
  }
}

export function arrows(graph: Graph, tongue: Tongue): Arrow[] {
  return [{ from: entryId, to: graph.start, label: "" }, ...graph.nodes.flatMap((node) => arrowsOf(node, tongue))];
}

export function places(graph: Graph, lines: Arrow[]): { places: Place[]; width: number; height: number } {
  const drawing = new graphlib.Graph({ multigraph: true });
  drawing.setGraph({ rankdir: "TB", nodesep: 56, ranksep: 66, marginx: 24, marginy: 24 });
  drawing.setDefaultEdgeLabel(() => ({}));
  for (const id of [entryId, ...graph.nodes.map((node) => node.id)]) drawing.setNode(id, { ...size });
  lines.forEach((line, number) => drawing.setEdge(line.from, line.to, { width: line.label.length * 7, height: 20, labelpos: "c" }, String(number)));
  layout(drawing);
  const all = drawing.nodes().map((id) => {
    const at = drawing.node(id);
    return { id, x: (at.x ?? 0) - size.width / 2, y: (at.y ?? 0) - size.height / 2 };
  });
  const { width, height } = drawing.graph();
  return { places: all, width: width ?? 0, height: height ?? 0 };
}
