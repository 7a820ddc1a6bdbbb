/** A journey's entry, exits, goal and steps as sentences. */
import type { Graph, Node } from "../api/types";
import type { Words } from "../words/en";
import { capital, whereSentence, type Tongue } from "../words/sentences";

/** An event as a thing that happens: one of ours in words, any other by its name. */
const eventText = (name: string, w: Words) => w.happened[name] ?? w.rule.quoted(name);

const joined = (parts: string[]) => parts.filter(Boolean).join(", ");

export function entrySentence(graph: Graph, tongue: Tongue): string {
  const { w, f } = tongue;
  const { entry } = graph;
  const where = entry.where?.length ? w.rule.where(whereSentence(entry.where, tongue)) : "";
  const often = entry.reentry === "once" ? w.journeys.once : entry.key ? w.journeys.key(entry.key) : w.journeys.keyNone;
  return capital(joined([eventText(entry.event, w) + where, often]), f);
}

export function exitSentences(graph: Graph, { w }: Tongue): string[] {
  return (graph.exits ?? []).map((exit) => eventText(exit.event, w) + (exit.match ? ` ${w.journeys.match(exit.match)}` : ""));
}

export function goalSentence(graph: Graph, { w, f }: Tongue): string | null {
  const { goal } = graph;
  return goal ? joined([eventText(goal.event, w), goal.within ? w.journeys.within(f.duration(goal.within)) : ""]) : null;
}

export function stepSentence(node: Node, messageName: (id: number) => string | undefined, tongue: Tongue): string {
  const { w, f } = tongue;
  switch (node.kind) {
    case "wait_for":
      return capital(w.journeys.waitFor(eventText(node.event, w), node.match ? ` ${w.journeys.match(node.match)}` : "", f.duration(node.up_to)), f);
    case "message":
      return messageName(node.message) ?? w.journeys.unnamed(node.message);
    case "delay":
      return w.journeys.delayFor(f.duration(node.for));
    case "branch":
      return capital(whereSentence(node.if, tongue), f);
    case "exit":
      return w.journeys.exitText;
  }
}
