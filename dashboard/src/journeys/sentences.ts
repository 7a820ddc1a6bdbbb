/** A journey's entry, exits, goal and steps as sentences. */
import type { FieldForm, Graph, KindForm, Node, Role, Trait, Where } from "../api/types";
import type { Words } from "../words/en";
import { capital, type Tongue, whereSentence } from "../words/sentences";

/** An event as a thing that happens: one of ours in words, any other by its name. */
const eventText = (name: string, w: Words) => w.happened[name] ?? w.rule.quoted(name);

const joined = (parts: string[]) => parts.filter(Boolean).join(", ");

/** The name of a segment by its id, where it is known. */
export type SegmentName = (id: number) => string | undefined;

/** Who enters or leaves one segment, by its name: the rest of the tests is left to be said. */
function segmentText(graph: Graph, w: Words, name: SegmentName): { text: string; rest: Where[] } | null {
  const { entry } = graph;
  const says = { segment_entered: w.journeys.entersSegment, segment_left: w.journeys.leavesSegment }[entry.event];
  const which = entry.where?.find((one) => one.property === "segment" && one.is === "=");
  const known = which && name(Number(which.value));
  return says && known ? { text: says(known), rest: entry.where?.filter((one) => one !== which) ?? [] } : null;
}

/** The segment that a journey starts on; null where it starts on anything else. */
export function startSegment({ entry }: Graph): number | null {
  const id = entry.where?.find((one) => one.property === "segment" && one.is === "=")?.value;
  return (entry.event === "segment_entered" || entry.event === "segment_left") && typeof id === "number" ? id : null;
}

export function entrySentence(graph: Graph, tongue: Tongue, name: SegmentName): string {
  const { w, f } = tongue;
  const { entry } = graph;
  const segment = segmentText(graph, w, name);
  const rest = segment?.rest ?? entry.where ?? [];
  const where = rest.length ? w.rule.where(whereSentence(rest, tongue)) : "";
  const often = entry.reentry === "once" ? w.journeys.once : entry.key ? w.journeys.key(entry.key) : w.journeys.keyNone;
  return capital(joined([(segment?.text ?? eventText(entry.event, w)) + where, often]), f);
}

/** What else the entry says: of late events, and of who is in the segment when it is published. */
export function entryNotes(graph: Graph, { w }: Tongue): string[] {
  const { entry } = graph;
  return [
    entry.late === "enter" ? w.journeys.lateEnters : entry.late === "skip" ? w.journeys.lateSkips : "",
    entry.present ? w.journeys.presentToo : "",
  ].filter(Boolean);
}

export function exitSentences(graph: Graph, { w }: Tongue): string[] {
  return (graph.exits ?? []).map(
    (exit) => eventText(exit.event, w) + (exit.match ? ` ${w.journeys.match(exit.match)}` : ""),
  );
}

/** The exits by one event, as one sentence: what they match differs. */
export const exitSentence = (graph: Graph, event: string, tongue: Tongue) =>
  capital(
    [
      ...new Set(
        exitSentences({ ...graph, exits: (graph.exits ?? []).filter((exit) => exit.event === event) }, tongue),
      ),
    ].join(" / "),
    tongue.f,
  );

export function goalSentence(graph: Graph, { w, f }: Tongue): string | null {
  const { goal } = graph;
  return goal
    ? joined([eventText(goal.event, w), goal.within ? w.journeys.within(f.duration(goal.within)) : ""])
    : null;
}

/** Numbers, texts and choices that no other words are made of, each by its name. */
const spelledOut = (node: Node, fields: FieldForm[], { f }: Tongue) =>
  fields
    .filter((one) => ["number", "whole", "text", "choice"].includes(one.role))
    .map((one) => ({ name: one.name, value: node[one.name] ?? one.default }))
    .filter(({ value }) => value !== null && value !== "")
    .map(({ name, value }) => `${name}: ${typeof value === "number" ? f.number(value) : String(value)}`);

/** A test of a branch: of the entry event's properties, of the person, or of what was answered to a step before. */
type BranchTest = Where | Trait | (Where & { kind: "answer" });

function branchSentence(tests: BranchTest[], tongue: Tongue): string {
  const about = (one: BranchTest): Where => {
    if (!("kind" in one)) return one;
    return one.kind === "trait"
      ? { ...one, property: one.name }
      : { ...one, property: tongue.w.journeys.answered(one.property) };
  };
  return whereSentence(tests.map(about), tongue);
}

/** What a step does, by what its fields hold; the run ends where no edge leads on. */
export function stepSentence(
  node: Node,
  kinds: KindForm[],
  messageName: (id: number) => string | undefined,
  tongue: Tongue,
): string {
  const { w, f } = tongue;
  const fields = kinds.find((one) => one.kind === node.kind)?.fields ?? [];
  const of = (role: Role) => fields.filter((one) => one.role === role && node[one.name]).map((one) => node[one.name]);
  const [event, length, message, tests] = (["event", "length", "message", "tests"] as const).map((role) => of(role)[0]);
  if (typeof message === "number") {
    const name = messageName(message) ?? w.journeys.unnamed(message);
    return joined([name, ...of("kept").map((kept) => w.journeys.keepsAnswer(String(kept)))]);
  }
  const lasting = length ? f.duration(String(length)) : "";
  if (event) {
    const match = of("property").map((name) => ` ${w.journeys.match(String(name))}`);
    const said = eventText(String(event), w);
    return capital(lasting ? w.journeys.waitFor(said, match.join(""), lasting) : said + match.join(""), f);
  }
  if (tests) return capital(branchSentence(tests as BranchTest[], tongue), f);
  const goesOn = fields.some((one) => one.role === "edge");
  const said = [lasting, ...spelledOut(node, fields, tongue)].filter(Boolean).join(", ");
  return capital(said || (goesOn ? (w.journeys.node[node.kind] ?? node.kind) : w.journeys.exitText), f);
}
