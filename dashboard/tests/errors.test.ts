/** Errors are worded by their reasons in both languages, with numbers as the reader writes them. */
import { expect, test } from "vitest";
import { en } from "../src/words/en";
import { errors as english } from "../src/words/en/errors";
import { errorSentence } from "../src/words/errors";
import { makeFormat } from "../src/words/format";
import { fr } from "../src/words/fr";
import { errors as french } from "../src/words/fr/errors";

const [f, g] = [makeFormat("en-GB"), makeFormat("fr-FR")];
const fields = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

test("both languages word the same reasons with the same parameters", () => {
  expect(Object.keys(french).sort()).toEqual(Object.keys(english).sort());
  for (const [reason, text] of Object.entries(english))
    expect([reason, fields(french[reason as keyof typeof french])]).toEqual([reason, fields(text)]);
});

test("numbers, lists and sentences inside a sentence are written as the language writes them", () => {
  const why = { message: "a repetition follows nothing", reason: "pattern_nothing_repeated", parameters: {} };
  const pattern = { message: "This is not a valid RE2 pattern: …", reason: "pattern_invalid", parameters: { why } };
  expect(en(f, english).error(pattern)).toBe("This is not a valid RE2 pattern: a repetition follows nothing.");
  expect(fr(g, french).error(pattern)).toBe("Ce motif RE2 n’est pas valable\u202f: une répétition ne suit rien.");
  const count = { message: "…", reason: "count_range", parameters: { most: 1_000_000, got: "-1" } };
  expect(en(f, english).error(count)).toContain("from 0 to 1,000,000 (got -1).");
  expect(fr(g, french).error(count).replaceAll(/\s/g, " ")).toContain("de 0 à 1 000 000 (ici -1).");
  const used = (name: string) => ({ message: "", reason: "dependent_journey", parameters: { name } });
  const dependents = { message: "…", reason: "segment_used", parameters: { dependents: [used("A"), used("B")] } };
  expect(en(f, english).error(dependents)).toBe("This segment is used by journey “A”, journey “B”.");
});

test("what has no reason, or one of a newer server, stays the server's sentence", () => {
  expect(en(f, english).error({ message: "Plain." })).toBe("Plain.");
  expect(en(f, english).error({ message: "New.", reason: "of_tomorrow", parameters: {} })).toBe("New.");
  expect(en(f, english).error({ message: "Odd.", reason: "toString", parameters: {} })).toBe("Odd.");
});

test("a parameter that is not there, or holds braces itself, is not filled in", () => {
  const table = { a: "{x} and {y}" };
  expect(errorSentence({ message: "", reason: "a", parameters: { x: "{y}" } }, table, f)).toBe("{y} and {y}");
});
