/** What waits, and what held a delivery back, as sentences in both languages. */
import { expect, test } from "vitest";
import recorded from "../../tests/browser/recorded/queue.json";
import type { ChannelQueue, Delivery } from "../src/api/types";
import { queueSentences } from "../src/sending/queue-sentences";
import { en } from "../src/words/en";
import { queue as english } from "../src/words/en/queue";
import { makeFormat } from "../src/words/format";
import { fr } from "../src/words/fr";
import { queue as french } from "../src/words/fr/queue";
import { heldSentence } from "../src/words/sentences";

const [f, g] = [makeFormat("en-GB"), makeFormat("fr-FR")];
const inEnglish = { f, w: en(f), words: english };
const inFrench = { f: g, w: fr(g), words: french };
const capName = (heldBy: string) => (heldBy === "cap:1" ? "Three a week" : undefined);
const channels = recorded.channels as ChannelQueue[];
const plain = (text: string) => text.replaceAll(/\s/g, " ");

const said = (channel: string) => {
  const one = channels.find((each) => each.channel === channel) as ChannelQueue;
  return queueSentences(one, recorded.now, capName, inEnglish);
};
const dit = (channel: string) => {
  const one = channels.find((each) => each.channel === channel) as ChannelQueue;
  return queueSentences(one, recorded.now, capName, inFrench).map(plain);
};

test("each thing that deliveries wait for is a sentence", () => {
  expect(said("web_push")).toEqual([]);
  expect(said("mobile_push")).toEqual(["Journeys: 7 wait for their journey to go on."]);
  expect(said("email")).toEqual([
    "64 are being sent.",
    "Campaigns: 9,412 wait for their turn, the first of them for 3 minutes.",
    expect.stringMatching(
      /^Journeys: 40 are held back by the cap “Three a week”, and decided anew from 21 Nov\S* 16:00 on\.$/,
    ),
    expect.stringMatching(/^Journeys: 549 are held back by quiet hours, and decided anew from 22 Nov\S* 08:00 on\.$/),
    "250,000 more people of audiences have not entered the queue yet.",
  ]);
  expect(said("sms")).toEqual([
    expect.stringMatching(/^Journeys: 1 is held back by the hours of France, and decided anew on /),
    expect.stringMatching(/^Tried again: 1 is due on /),
    expect.stringMatching(
      /^Journeys: 1 waits until .* at the latest for what is missing: No consent for this topic\.$/,
    ),
  ]);
  expect(dit("email")[1]).toBe("Campagnes : 9 412 attendent leur tour, le premier depuis 3 minutes.");
  expect(dit("sms")[0]).toMatch(
    /^Parcours : 1 est retenu par les heures fixées par un pays \(France\) et réexaminé le /,
  );
});

test("a delivery names the rule that holds it back or held it back, also one that is gone or not known yet", () => {
  const held = (held_by: string, state: string, name?: string) =>
    heldSentence({ held_by, state, due_at: recorded.now } as unknown as Delivery, name, inEnglish);
  expect(held("cap:1", "pending", "Three a week")).toMatch(/^held back by the cap “Three a week”; decided anew on /);
  expect(held("cap:9", "skipped")).toBe("held back by a cap that has been deleted");
  expect(held("quiet_hours:3", "skipped")).toBe("held back by quiet hours");
  expect(held("country:FR", "skipped")).toBe("held back by the hours of France");
  expect(held("moon:full", "skipped")).toBe("held back by moon:full");
});
