/** Caps, quiet hours and the hours of countries as sentences, in both languages; and a cap's form. */
import { expect, test } from "vitest";
import kinds from "../../tests/browser/recorded/kinds.json";
import recorded from "../../tests/browser/recorded/restraint.json";
import type { Cap, CountryHours, QuietHours } from "../src/api/types";
import { draftOf, emptyCap, ruleOf } from "../src/restraint/draft";
import { type CapRule, capSentence, countrySentence, quietParts, quietSentence } from "../src/restraint/sentences";
import { en } from "../src/words/en";
import { restraint as english } from "../src/words/en/restraint";
import { makeFormat } from "../src/words/format";
import { fr } from "../src/words/fr";
import { restraint as french } from "../src/words/fr/restraint";

const [f, g] = [makeFormat("en-GB"), makeFormat("fr-FR")];
const inEnglish = { f, w: en(f), words: english };
const inFrench = { f: g, w: fr(g), words: french };
const caps = recorded.caps as Cap[];
const nameOf = (segment: number) => (segment === 2 ? "Buyers" : undefined);
/** French, its spaces as one types them. */
const plain = (text: string) => text.replaceAll(/\s/g, " ");

const rule: CapRule = {
  channels: [],
  classes: [],
  topics: [],
  most: 0,
  rolling: "24h",
  calendar: null,
  gap: null,
  kept: {},
  tiers: [],
};

test.each([
  [
    caps[0],
    "At most 3 marketing messages on any channel in 7 days, 1 of them kept for journeys, at least 4 hours apart; 5 for people in “Buyers”.",
    "Au plus 3 messages marketing, tous canaux confondus, en 7 jours, dont 1 réservé aux parcours, à 4 heures d’écart au moins ; 5 pour les personnes de « Buyers ».",
  ],
  [
    caps[1],
    "At most 1 message about offers or news by SMS a day.",
    "Au plus 1 message sur offers ou news par SMS par jour.",
  ],
  [
    caps[2],
    "Messages by e-mail or web push at least 1 hour apart.",
    "Messages par e-mail ou push web à 1 heure d’écart au moins.",
  ],
  [rule, "No messages on any channel in 24 hours.", "Aucun message, tous canaux confondus, en 24 heures."],
  [
    { ...rule, most: 1, classes: ["transactional" as const], tiers: [{ segment: 9, most: 2 }] },
    "At most 1 transactional message on any channel in 24 hours; 2 for people in “#9”.",
    "Au plus 1 message transactionnel, tous canaux confondus, en 24 heures ; 2 pour les personnes de « #9 ».",
  ],
])("a cap is a sentence", (cap, said, dit) => {
  expect(capSentence(cap as CapRule, nameOf, inEnglish)).toBe(said);
  expect(plain(capSentence(cap as CapRule, nameOf, inFrench))).toBe(dit);
});

test("quiet hours are a sentence, with the days on which they begin", () => {
  const [night, weekend] = recorded["quiet-hours"] as QuietHours[];
  const said = (hours: QuietHours | undefined) => quietSentence(hours as QuietHours, inEnglish);
  expect(said(night)).toBe("Nothing is sent from 22:00 to 08:00.");
  expect(said(weekend)).toBe("Nothing is sent by SMS all day, on Saturday and Sunday.");
  const friday = { ...(night as QuietHours), weekdays: ["friday" as const] };
  expect(said(friday)).toBe("Nothing is sent from 22:00 to 08:00, in the nights that begin on Friday.");
  expect(quietSentence(friday, inFrench)).toBe("Rien ne part de 22:00 à 08:00, les nuits qui commencent le vendredi.");
});

test("the source of every country's hours is named in both languages, in English as the API names it", () => {
  expect(english.countries.sources).toEqual(kinds.countries);
  expect(Object.keys(french.countries.sources).sort()).toEqual(Object.keys(kinds.countries).sort());
});

test("countries say when marketing may leave, and when never", () => {
  const [france, states] = recorded["country-hours"] as CountryHours[];
  expect(countrySentence(france as CountryHours, inEnglish)).toBe(
    "France: marketing leaves from 08:00 to 20:00 only, neither on Sunday nor on public holidays.",
  );
  expect(plain(countrySentence(states as CountryHours, inFrench))).toBe(
    "États-Unis : le marketing part de 08:00 à 21:00 seulement.",
  );
  expect(countrySentence({ ...(france as CountryHours), no_holidays: false }, inEnglish)).toContain(
    "only, never on Sunday.",
  );
});

test("what is quiet of a day passes midnight in two parts", () => {
  expect(quietParts("22:00", "08:00")).toEqual([
    [0, 480],
    [1_320, 1_440],
  ]);
  expect(quietParts("12:30", "14:00")).toEqual([[750, 840]]);
  expect(quietParts("09:00", "09:00")).toEqual([[0, 1_440]]);
  expect(quietParts("22:00", "00:00")).toEqual([[1_320, 1_440]]);
});

test("a cap's form gives back the cap it was filled in from", () => {
  for (const cap of caps) expect(cap).toMatchObject(ruleOf(draftOf(cap)) as CapRule);
});

test("a form that lacks something gives no cap", () => {
  expect(ruleOf(emptyCap)).not.toBeNull();
  expect(ruleOf({ ...emptyCap, most: "" })).toBeNull();
  expect(ruleOf({ ...emptyCap, length: "" })).toBeNull();
  expect(ruleOf({ ...emptyCap, window: "none", gap: "" })).toBeNull();
  expect(ruleOf({ ...emptyCap, tiers: [{ segment: null, most: 4 }] })).toBeNull();
  expect(ruleOf({ ...emptyCap, window: "none", tiers: [{ segment: null, most: 4 }] })).toMatchObject({
    most: null,
    rolling: null,
    gap: "4h",
    tiers: [],
  });
});
