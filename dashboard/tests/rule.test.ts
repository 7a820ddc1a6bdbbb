/** The builder's tree and the API's rule are two forms of one thing. */
import fc from "fast-check";
import { expect, test } from "vitest";
import kinds from "../../tests/browser/recorded/kinds.json";
import type { Condition, KindForm, Rule } from "../src/api/types";
import { fresh, grouped } from "../src/segments/fields";
import {
  changed,
  complete,
  type Draft,
  type Group,
  isAll,
  isAny,
  isGroup,
  isNot,
  newGroup,
  newLeaf,
  numbered,
  opened,
  partAt,
  written,
} from "../src/segments/rule";

const forms = kinds.conditions as KindForm[];
const formOf = (kind: string) => forms.find((one) => one.kind === kind) as KindForm;

const condition: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ kind: fc.constant("segment" as const), segment: fc.nat() }),
  fc.record({ kind: fc.constant("list" as const), list: fc.nat() }),
  fc.record({ kind: fc.constant("trait" as const), name: fc.constantFrom("plan", "city"), is: fc.constant("exists") }),
  fc.record({ kind: fc.constant("rhythm" as const), times: fc.nat() }),
);

const rule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    condition,
    fc.record({ all: fc.array(tie("rule"), { minLength: 1, maxLength: 4 }) }),
    fc.record({ any: fc.array(tie("rule"), { minLength: 1, maxLength: 4 }) }),
    fc.record({ not: tie("rule") }),
  ),
})).rule;

/** What a rule means, for a person of whom the chosen conditions hold. */
function holds(one: Rule, chosen: (condition: Condition) => boolean): boolean {
  if (isAll(one)) return one.all.every((part) => holds(part, chosen));
  if (isAny(one)) return one.any.some((part) => holds(part, chosen));
  if (isNot(one)) return !holds(one.not, chosen);
  return chosen(one);
}

function parts(draft: Draft): Draft[] {
  return isGroup(draft) ? [draft, ...draft.parts.flatMap(parts)] : [draft];
}

/** The part of a rule at a path as the server writes it. */
function at(path: string, root: Rule): unknown {
  const steps = path
    .replace(/^rule\.?/, "")
    .replaceAll(/\[(\d+)\]/g, ".$1")
    .split(".")
    .filter(Boolean);
  return steps.reduce<unknown>((inside, step) => (inside as Record<string, unknown>)[step], root);
}

test("a rule that is opened and written again holds for the same people", () => {
  fc.assert(
    fc.property(rule, fc.func(fc.boolean()), (one, choice) => {
      const chosen = (which: Condition) => choice(JSON.stringify(which));
      const again = written(opened(one)).rule;
      expect(again).not.toBeNull();
      expect(holds(again as Rule, chosen)).toBe(holds(one, chosen));
    }),
  );
});

test("what was written once is opened and written without a change", () => {
  fc.assert(
    fc.property(rule, (one) => {
      const first = written(opened(one)).rule as Rule;
      expect(written(opened(first)).rule).toEqual(first);
    }),
  );
});

test("every part has a path of its own, and an objection to anything below leads to it", () => {
  fc.assert(
    fc.property(rule, (one) => {
      const root = opened(one);
      const { rule: whole, places } = written(root);
      expect([...places.values()].sort()).toEqual(
        parts(root)
          .map((part) => part.id)
          .sort(),
      );
      for (const [path, id] of places) {
        expect(at(path, whole as Rule)).toBeDefined();
        expect(partAt(places, path)).toBe(id);
        const leaf = parts(root).find((part) => part.id === id);
        if (leaf && !isGroup(leaf)) expect(partAt(places, `${path}.value`)).toBe(id);
      }
      expect(partAt(places, "name")).toBeUndefined();
    }),
  );
});

test("the tenth part is not taken for the first", () => {
  const root = opened({ all: Array.from({ length: 12 }, (_, place) => ({ kind: "segment", segment: place + 1 })) });
  const { places } = written(root);
  expect(partAt(places, "rule.all[10].segment")).toBe(root.parts[10]?.id);
  expect(partAt(places, "rule.all[1].segment")).toBe(root.parts[1]?.id);
});

test("identities are never given twice, and numbering a tree again changes nothing else", () => {
  fc.assert(
    fc.property(rule, (one) => {
      const root = opened(one);
      const again = numbered(root) as Group;
      const ids = [...parts(root), ...parts(again)].map((part) => part.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(written(again).rule).toEqual(written(root).rule);
    }),
  );
});

test("one part is replaced or taken away, and no other", () => {
  fc.assert(
    fc.property(rule, fc.nat(), (one, pick) => {
      const root = opened(one);
      const inner = parts(root).slice(1);
      const target = inner[pick % inner.length] as Draft;
      const inside = new Set(parts(target).map((part) => part.id));
      const without = changed(root, target.id, () => null);
      expect(parts(without).map((part) => part.id)).toEqual(
        parts(root)
          .map((part) => part.id)
          .filter((id) => !inside.has(id)),
      );
      expect(changed(root, target.id, (part) => part)).toEqual(root);
    }),
  );
});

test.each(forms.map((form) => form.kind))("a new %s is of that kind, and stays empty until it is filled in", (kind) => {
  const one = fresh(formOf(kind));
  expect(one.kind).toBe(kind);
  const asksNothing = ["rhythm", "message", "unopened", "subscription", "consent", "bucket"].includes(kind);
  expect(complete(one)).toBe(asksNothing);
});

test("a rule with something left open is not sent", () => {
  const root: Group = { id: 0, join: "all", parts: [newLeaf(formOf("rhythm")), newLeaf(formOf("segment"))] };
  expect(written(root).rule).toBeNull();
  expect(written({ ...root, parts: [] }).rule).toBeNull();
  expect(written({ ...root, parts: [newGroup(formOf("behaviour"))] }).rule).toBeNull();
  expect(written({ ...root, parts: [newLeaf(formOf("rhythm"))] }).rule).toEqual({
    all: [{ kind: "rhythm", times: 3 }],
  });
});

test.each([
  [{ is: "has", where: [] }, false],
  [{ is: "has", where: [{ property: "sku", is: "=", value: "a" }] }, true],
  [{ is: "has", value: "a", where: [] }, true],
  [{ kind: "device", where: [] }, false],
  [{ kind: "behaviour", event: "Seen", where: [] }, true],
  [{ value: [] }, false],
  [{ value: ["a", ""] }, false],
  [{ value: 0 }, true],
  [{ value: false }, true],
  [{ value: null }, true],
])("%j is complete: %s", (value, expected) => {
  expect(complete(value)).toBe(expected);
});

test("defaults are left out of what is sent", () => {
  const root = opened({ kind: "behaviour", event: "Seen", where: [], property: null, value: 0 });
  expect(written(root).rule).toEqual({ all: [{ kind: "behaviour", event: "Seen", value: 0 }] });
});

test("fields that go together are drawn together, and what is wide takes a row of its own", () => {
  const rows = grouped(formOf("sequence").fields, ["happens"]);
  expect(rows.map((row) => row.groups.map((group) => group.map((field) => field.name)))).toEqual([
    [["first"]],
    [["window"], ["absent"]],
    [["then"]],
    [["within"], ["on"]],
  ]);
  expect(grouped(formOf("trait").fields, []).map((row) => row.groups.map((group) => group.length))).toEqual([[1, 3]]);
  expect(grouped(formOf("bucket").fields, []).map((row) => row.groups.length)).toEqual([3]);
});

test("a new condition shares nothing with the form it came from", () => {
  const one = fresh(formOf("sequence"));
  (one.first as { event: string }).event = "Bought";
  expect(fresh(formOf("sequence")).first).toEqual({ event: "" });
});
