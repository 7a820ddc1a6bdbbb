/** Both languages have the same entries, of the same kinds: also in tables whose keys no type holds. */
import { expect, test } from "vitest";
import kinds from "../../tests/browser/recorded/kinds.json";
import { en } from "../src/words/en";
import { audit as auditEn } from "../src/words/en/audit";
import { providers as providersEn } from "../src/words/en/providers";
import { queue as queueEn } from "../src/words/en/queue";
import { restraint as restraintEn } from "../src/words/en/restraint";
import { makeFormat } from "../src/words/format";
import { fr } from "../src/words/fr";
import { audit as auditFr } from "../src/words/fr/audit";
import { providers as providersFr } from "../src/words/fr/providers";
import { queue as queueFr } from "../src/words/fr/queue";
import { restraint as restraintFr } from "../src/words/fr/restraint";

type Entry = { path: string; value: unknown };

function entries(value: unknown, path = ""): Entry[] {
  if (typeof value !== "object" || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([name, inner]) => entries(inner, `${path}.${name}`));
}

// Those besides come with the pages that need them.
const english = entries({
  ...en(makeFormat("en-GB")),
  audit: auditEn,
  providers: providersEn,
  queue: queueEn,
  restraint: restraintEn,
});
const french = entries({
  ...fr(makeFormat("fr-FR")),
  audit: auditFr,
  providers: providersFr,
  queue: queueFr,
  restraint: restraintFr,
});

test("the same entries", () => {
  expect(french.map((one) => one.path).sort()).toEqual(english.map((one) => one.path).sort());
  expect(english.length).toBeGreaterThan(800);
});

test("nothing is empty", () => {
  const empty = [...english, ...french].filter(({ value }) => typeof value === "string" && value.trim() === "");
  expect(empty).toEqual([]);
});

test("what is a sentence with parts in one language is one in the other, and takes no more parts than it is given", () => {
  const parts = new Map(english.map(({ path, value }) => [path, typeof value === "function" ? value.length : -1]));
  for (const { path, value } of french) {
    const given = parts.get(path);
    if (typeof value !== "function") expect([path, given]).toEqual([path, -1]);
    else expect([path, given !== -1 && value.length <= (given ?? 0)]).toEqual([path, true]);
  }
});

test("French has no straight apostrophe, and a space that does not break before what stands apart", () => {
  const wrong = french.filter(
    ({ value }) => typeof value === "string" && (/\p{L}'\p{L}/u.test(value) || / [:;?!»]/.test(value)),
  );
  expect(wrong).toEqual([]);
});

test.each([en(makeFormat("en-GB")), fr(makeFormat("fr-FR"))])("every kind that the server publishes has words", (w) => {
  const chosen = (kind: string, name: string) =>
    kinds.conditions.find((one) => one.kind === kind)?.fields.find((one) => one.name === name)?.choices ?? [];
  const wanted: [string[], Record<string, string> | undefined][] = [
    [kinds.nodes.map((one) => one.kind), w.journeys.node],
    [kinds.conditions.map((one) => one.kind), w.builder.kinds],
    [kinds.conditions.map((one) => one.kind), w.builder.help],
    [chosen("person", "name"), w.builder.facts],
    [chosen("subscription", "channel"), w.builder.choices.channel],
    [chosen("subscription", "channel"), w.builder.by],
  ];
  expect(wanted.every(([names]) => names.length > 0)).toBe(true);
  expect(wanted.flatMap(([names, words]) => names.filter((name) => !words?.[name]))).toEqual([]);
});
