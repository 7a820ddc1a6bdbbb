/** What is typed into a segment's form is kept in the tab; what is found there may be anything. */
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { forget, kept } from "../src/segments/draft";
import { newLeaf, written } from "../src/segments/rule";

const store = new Map<string, string>();

beforeEach(() => {
  store.clear();
  vi.stubGlobal("sessionStorage", {
    getItem: (name: string) => store.get(name) ?? null,
    removeItem: (name: string) => void store.delete(name),
  });
});
afterEach(() => void vi.unstubAllGlobals());

test("what was typed comes back with new identities, at its own place alone, until it is forgotten", () => {
  const root = { id: 1, join: "all" as const, parts: [newLeaf({ kind: "rhythm", description: "", fields: [] })] };
  store.set("relance-draft-new", JSON.stringify({ name: "Regulars", root }));
  const found = kept("new");
  expect(found?.name).toBe("Regulars");
  expect(written(found?.root ?? root).rule).toEqual(written(root).rule);
  expect(found?.root.parts[0]?.id).not.toBe(root.parts[0]?.id);
  expect(kept("segment-1")).toBeNull();
  forget("new");
  expect(kept("new")).toBeNull();
});

test("anything else that stands there is nothing", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      store.set("relance-draft-new", text);
      expect(kept("new")).toBeNull();
    }),
  );
});

test("a browser without storage keeps nothing and says nothing", () => {
  vi.stubGlobal("sessionStorage", undefined);
  expect(kept("new")).toBeNull();
  expect(() => forget("new")).not.toThrow();
});
