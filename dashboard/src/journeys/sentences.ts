/** A journey's entry, exits, goal and steps as sentences. */
import type { Graph, Node } from "../api/types";
import { whereSentence, type Tongue } from "../words/sentences";

const joined = (parts: string[]) => parts.filter(Boolean).join(", ");

export function entrySentence(graph: Graph, tongue: Tongue): string {
  const { w } = tongue;
  const { entry } = graph;
  const where = entry.where?.length ? w.rule.where(whereSentence(entry.where, tongue)) : "";
  const often = entry.reentry === "once" ? w.journeys.once : entry.key ? w.journeys.key(entry.key) : w.journeys.keyNone;
  return joined([w.journeys.happens(entry.event) + where, often]);
}

export function exitSentences(graph: Graph, { w }: Tongue): string[] {
  return graph.exits.map((exit) => w.journeys.happens(exit.event) + (exit.match ? ` ${w.journeys.match(exit.match)}` : ""));
}

export function goalSentence(graph: Graph, { w, f }: Tongue): string | null {
  return graph.goal && joined([`“${graph.goal.event}”`, w.journeys.within(f.duration(graph.goal.within))]);
}

export function stepSentence(node: Node, messageName: (id: number) => string | undefined, tongue: Tongue): string {
  const { w, f } = tongue;
  switch (node.kind) {
    case "wait_for":
      return w.journeys.waitFor(node.event, node.match ? ` ${w.journeys.match(node.match)}` : "", f.duration(node.up_to));
    case "message":
      return messageName(node.message) ?? w.journeys.unnamed(node.message);
    case "delay":
      return w.journeys.delayFor(f.duration(node.for));
    case "branch":
      return whereSentence(node.if, tongue);
    case "exit":
      return w.journeys.exitText;
  }
}
