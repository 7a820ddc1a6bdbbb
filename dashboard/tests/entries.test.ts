/** Ids and addresses as people paste them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { pasted, pieces } from "../src/lists/entries";

const entry = fc.stringMatching(/^[a-z0-9@.+-]{1,40}$/);
const separator = fc.constantFrom("\n", "\r\n", ",", ";", "\t", ", ", " ;\n");

test("each entry comes out once, in the order they were first pasted, whatever separates them", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(entry, separator)), (list) => {
      const text = list.map(([one, after]) => one + after).join("");
      expect(pasted(text)).toEqual([...new Set(list.map(([one]) => one))]);
    }),
  );
});

test.each([
  ['"a@b.example", "c@d.example"', ["a@b.example", "c@d.example"]],
  ["  a  \n\n b", ["a", "b"]],
  ['" a "', ["a"]],
  ['""', []],
  [`${"x".repeat(321)}\n${"y".repeat(320)}`, ["y".repeat(320)]],
])("%j", (text, expected) => {
  expect(pasted(text)).toEqual(expected);
});

test("pieces are at most so large, and together they are everything", () => {
  fc.assert(
    fc.property(fc.array(entry), fc.integer({ min: 1, max: 50 }), (entries, size) => {
      const found = pieces(entries, size);
      expect(found.flat()).toEqual(entries);
      expect(found.every((piece) => piece.length > 0 && piece.length <= size)).toBe(true);
      expect(found.slice(0, -1).every((piece) => piece.length === size)).toBe(true);
    }),
  );
});
