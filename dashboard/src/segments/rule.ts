/**
 * A rule while it is being edited: a tree whose parts have an identity, and whose conditions may still lack something.
 */
import type { Condition, Rule } from "../api/types";

export type Join = "all" | "any" | "none" | "notall";
export type Leaf = { id: number; not: boolean; condition: Condition };
export type Group = { id: number; join: Join; parts: Draft[] };
export type Draft = Leaf | Group;

let given = 0;
const nextId = () => ++given;

/** The newest identity given so far: parts with a higher one were made by hand, after the page was opened. */
export const newest = () => given;

export const isGroup = (draft: Draft): draft is Group => "parts" in draft;

const contrary: Record<Join, Join> = { all: "notall", notall: "all", any: "none", none: "any" };

function draftOf(rule: Rule): Draft {
  if ("all" in rule) return { id: nextId(), join: "all", parts: rule.all.map(draftOf) };
  if ("any" in rule) return { id: nextId(), join: "any", parts: rule.any.map(draftOf) };
  if (!("not" in rule)) return { id: nextId(), not: false, condition: rule };
  const inner = draftOf(rule.not);
  return isGroup(inner) ? { ...inner, join: contrary[inner.join] } : { ...inner, not: !inner.not };
}

/** A rule to edit; the outermost part is always a group. */
export function opened(rule: Rule): Group {
  const draft = draftOf(rule);
  return isGroup(draft) ? draft : { id: nextId(), join: "all", parts: [draft] };
}

/** The same with numbers of this page: those of an earlier one may be given again. */
export const numbered = (draft: Draft): Draft =>
  isGroup(draft) ? { ...draft, id: nextId(), parts: draft.parts.map(numbered) } : { ...draft, id: nextId() };

/** What a new condition of a kind begins with. */
export function fresh(kind: string): Condition {
  const window = { last: "30d" };
  switch (kind) {
    case "trait":
      return { kind, name: "", is: "=", value: "" };
    case "sequence":
      return { kind, first: { event: "" }, then: { event: "" }, within: "2h", absent: true, window: { last: "7d" } };
    case "rhythm":
      return { kind, times: 3 };
    case "lifecycle":
      return { kind, stage: "stopped", event: "", window };
    case "message":
      return { kind, did: "opened", compare: ">=", value: 1, window };
    case "unopened":
      return { kind, last: 5 };
    case "segment":
      return { kind, segment: "" };
    case "person":
      return { kind, name: "country", is: "=", value: "" };
    case "device":
      return { kind, where: [{ name: "os", is: "=", value: "" }] };
    case "subscription":
      return { kind, channel: "email", state: "subscribed" };
    case "consent":
      return { kind, channel: "email", topic: "general", state: "granted" };
    case "place":
      return { kind, circle: { latitude: "", longitude: "", radius: 5000 } };
    case "entered":
      return { kind, circle: { latitude: "", longitude: "", radius: 5000 }, window: { last: "2d" } };
    case "list":
      return { kind, list: "" };
    case "bucket":
      return { kind, from: 0, to: 10, salt: "relance" };
    default:
      return { kind: "behaviour", event: "", aggregate: "count", compare: ">=", value: 1, window };
  }
}

export const newLeaf = (kind: string): Leaf => ({ id: nextId(), not: false, condition: fresh(kind) });
export const newGroup = (): Group => ({ id: nextId(), join: "any", parts: [newLeaf("behaviour")] });

/** Whether nothing is still empty: no text, no number and no list. */
export function complete(value: unknown): boolean {
  if (value === "") return false;
  if (Array.isArray(value)) return value.length > 0 && value.every(complete);
  if (typeof value !== "object" || value === null) return true;
  const asks =
    ("is" in value && value.is === "has" && !("value" in value && value.value !== undefined)) ||
    ("kind" in value && value.kind === "device");
  if (asks && "where" in value && Array.isArray(value.where) && value.where.length === 0) return false;
  return Object.entries(value).every(
    ([name, one]) => (name === "where" && Array.isArray(one) && one.length === 0) || complete(one),
  );
}

/** Without what is left to its default. */
function tidy(condition: Condition): Condition {
  const kept = Object.entries(condition).filter(
    ([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(kept) as Condition;
}

export type Written = { rule: Rule | null; places: Map<string, number> };

/** The rule as the server reads it, null while something is missing; and which part each path of it is. */
export function written(root: Group): Written {
  const places = new Map<string, number>();
  let whole = true;
  const write = (draft: Draft, path: string): Rule => {
    if (!isGroup(draft)) {
      whole &&= complete(draft.condition);
      places.set(path, draft.id);
      return draft.not ? { not: tidy(draft.condition) } : tidy(draft.condition);
    }
    whole &&= draft.parts.length > 0;
    places.set(path, draft.id);
    const negated = draft.join === "none" || draft.join === "notall";
    const word = draft.join === "all" || draft.join === "notall" ? "all" : "any";
    const inner = negated ? `${path}.not` : path;
    const parts = draft.parts.map((part, place) => write(part, `${inner}.${word}[${place}]`));
    const group = word === "all" ? { all: parts } : { any: parts };
    return negated ? { not: group } : group;
  };
  const rule = write(root, "rule");
  return { rule: whole ? rule : null, places };
}

/** The part that a path of the server lies in: the one with the longest path it begins with. */
export function partAt(places: Map<string, number>, path: string): number | undefined {
  const found = [...places.keys()]
    .filter((one) => path === one || path.startsWith(`${one}.`))
    .sort((a, b) => b.length - a.length)[0];
  return found === undefined ? undefined : places.get(found);
}

/** The tree with one part replaced, or taken away where `change` gives null. */
export function changed(group: Group, id: number, change: (draft: Draft) => Draft | null): Group {
  const parts = group.parts.flatMap((part) => {
    if (part.id === id) return change(part) ?? [];
    return isGroup(part) ? changed(part, id, change) : part;
  });
  return { ...group, parts };
}
