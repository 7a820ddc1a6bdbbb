/**
 * A rule while it is being edited: a tree whose parts have an identity, and whose conditions may still lack something.
 */
import type { Condition, KindForm, Rule } from "../api/types";
import { fresh } from "./fields";

export type Join = "all" | "any" | "none" | "notall";
export type Leaf = { id: number; not: boolean; condition: Condition };
export type Group = { id: number; join: Join; parts: Draft[] };
export type Draft = Leaf | Group;

let given = 0;
const nextId = () => ++given;

/** The newest identity given so far: parts with a higher one were made by hand, after the page was opened. */
export const newest = () => given;

export const isGroup = (draft: Draft): draft is Group => "parts" in draft;

/** A condition may have fields of any name, so that these say which form of rule it is. */
export const isAll = (rule: Rule): rule is { all: Rule[] } => "all" in rule;
export const isAny = (rule: Rule): rule is { any: Rule[] } => "any" in rule;
export const isNot = (rule: Rule): rule is { not: Rule } => "not" in rule;

const contrary: Record<Join, Join> = { all: "notall", notall: "all", any: "none", none: "any" };

function draftOf(rule: Rule): Draft {
  if (isAll(rule)) return { id: nextId(), join: "all", parts: rule.all.map(draftOf) };
  if (isAny(rule)) return { id: nextId(), join: "any", parts: rule.any.map(draftOf) };
  if (!isNot(rule)) return { id: nextId(), not: false, condition: rule };
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

export const newLeaf = (form: KindForm): Leaf => ({ id: nextId(), not: false, condition: fresh(form) });
export const newGroup = (form: KindForm): Group => ({ id: nextId(), join: "any", parts: [newLeaf(form)] });

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
