/** Tests of properties, outcomes of deliveries and journeys as sentences, in both languages. */
import fc from "fast-check";
import { expect, test } from "vitest";
import kinds from "../../tests/browser/recorded/kinds.json";
import type { Delivery, Graph, KindForm, Node } from "../src/api/types";
import {
  entryNotes,
  entrySentence,
  exitSentence,
  exitSentences,
  goalSentence,
  startSegment,
  stepSentence,
} from "../src/journeys/sentences";
import { emailOf, personName } from "../src/people/name";
import { en } from "../src/words/en";
import { makeFormat } from "../src/words/format";
import { fr } from "../src/words/fr";
import { capital, outcomeSentence, whereSentence } from "../src/words/sentences";

const english = { f: makeFormat("en-GB"), w: en(makeFormat("en-GB")) };
const french = { f: makeFormat("fr-FR"), w: fr(makeFormat("fr-FR")) };

test.each([
  [[{ property: "total", is: ">=", value: 1000 }], "total is at least 1,000"],
  [[{ property: "sku", is: "in", value: ["a", "b", "c"] }], "sku is one of a, b or c"],
  [[{ property: "sku", is: "exists" }], "sku is known"],
  [[{ property: "gift", is: "=", value: true }], "gift is true"],
  [
    [
      { property: "a", is: "=", value: "x" },
      { property: "b", is: "between", value: [1, 2] },
    ],
    "a is x and b is between 1 or 2",
  ],
  [
    [{ property: "items", is: "has", where: [{ property: "sku", is: "=", value: "a" }] }],
    "items has an item that fits (sku is a)",
  ],
  [undefined, ""],
])("%j", (where, expected) => {
  expect(whereSentence(where, english)).toBe(expected);
});

const nothing = {
  state: "sent",
  reason: "",
  detail: "",
  why: "",
  converted_at: null,
  clicked_at: null,
  unsubscribed_at: null,
  opened_at: null,
  dismissed_at: null,
  delivered_at: null,
} as unknown as Delivery;
const { sentence, state, reason } = english.w.deliveries;

test.each<[Partial<Delivery>, string | undefined]>([
  [{}, state.sent],
  [{ delivered_at: 1 }, sentence.delivered],
  [{ delivered_at: 1, opened_at: 2 }, sentence.opened],
  [{ delivered_at: 1, opened_at: 2, unsubscribed_at: 3 }, sentence.unsubscribed],
  [{ opened_at: 2, clicked_at: 3, unsubscribed_at: 4 }, sentence.clicked],
  [{ opened_at: 2, converted_at: 9 }, sentence.converted],
  [{ state: "skipped", reason: "sending_paused" as Delivery["reason"] }, reason.sending_paused],
  [{ state: "skipped", reason: "of_tomorrow" as Delivery["reason"], why: "Not yet known." }, "Not yet known."],
  [{ state: "failed", detail: "550 no such mailbox" }, "550 no such mailbox"],
  [{ state: "skipped", opened_at: 3 }, state.skipped],
])("the outcome of %j", (change, expected) => {
  expect(expected).toBeTruthy();
  expect(outcomeSentence({ ...nothing, ...change }, english)).toBe(expected);
});

test("a capital changes the first letter alone", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zé ]*$/), (text) => {
      const said = capital(text, french.f);
      expect(said.toLocaleLowerCase("fr")).toBe(text);
      expect(said.slice(1)).toBe(text.slice(1));
    }),
  );
});

const graph: Graph = {
  entry: { event: "Product Added", key: "cart_id", where: [{ property: "total", is: ">", value: 50 }], late: "enter" },
  exits: [
    { event: "Order Completed", match: "cart_id" },
    { event: "Order Completed" },
    { event: "message_unsubscribed" },
  ],
  goal: { event: "Order Completed", within: "2d" },
  nodes: [],
  start: "wait",
};
const onSegment: Graph = {
  ...graph,
  entry: {
    event: "segment_entered",
    where: [
      { property: "segment", is: "=", value: 7 },
      { property: "reason", is: "exists" },
    ],
    present: true,
  },
};

test("an entry says the event, its tests, and how often", () => {
  expect(entrySentence(graph, english, () => undefined)).toBe(
    "“Product Added” where total is more than 50, one run for each cart_id",
  );
  expect(entrySentence(graph, french, () => undefined)).toMatch(/^«\u00a0Product Added\u00a0».*cart_id$/);
  expect(entryNotes(graph, english)).toEqual([english.w.journeys.lateEnters]);
});

test("a journey that starts on a segment names it where its name is known", () => {
  expect(startSegment(onSegment)).toBe(7);
  expect(startSegment(graph)).toBeNull();
  expect(entrySentence(onSegment, english, (id) => (id === 7 ? "Regulars" : undefined))).toBe(
    "Enters “Regulars” where reason is known, one run at a time",
  );
  expect(entrySentence(onSegment, english, () => undefined)).toContain("segment is 7");
  expect(entryNotes(onSegment, english)).toEqual([english.w.journeys.presentToo]);
});

test("exits by one event are one sentence, and a goal says in what time", () => {
  expect(exitSentences(graph, english)).toEqual([
    "“Order Completed” with the same cart_id",
    "“Order Completed”",
    "somebody unsubscribes",
  ]);
  expect(exitSentence(graph, "Order Completed", english)).toBe(
    "“Order Completed” with the same cart_id / “Order Completed”",
  );
  expect(goalSentence(graph, english)).toBe("“Order Completed”, within 2 days");
  expect(goalSentence({ ...graph, goal: null }, english)).toBeNull();
});

test.each<[Node, string]>([
  [
    { id: "a", kind: "wait_for", event: "Order Completed", match: "cart_id", up_to: "2h", then: null, else: null },
    "“Order Completed” with the same cart_id, up to 2 hours",
  ],
  [{ id: "b", kind: "message", message: 3, next: null }, "Reminder"],
  [{ id: "c", kind: "message", message: 4, next: null }, "Message 4"],
  [{ id: "d", kind: "delay", for: "1d", next: null }, "1 day"],
  [
    { id: "e", kind: "branch", if: [{ property: "total", is: "<", value: 5 }], then: null, else: null },
    "Total is less than 5",
  ],
  [{ id: "f", kind: "exit" }, "The run ends here"],
  [
    { id: "g", kind: "send_and_wait", message: 3, up_to: "1h", keep: "score", then: null, else: null },
    "Reminder, the answer is kept as “score”",
  ],
  [
    {
      id: "h",
      kind: "branch",
      if: [
        { kind: "answer", property: "score.body.points", is: ">", value: 5 },
        { kind: "trait", name: "plan", is: "=", value: "pro" },
      ],
      then: null,
      else: null,
    },
    "Answer score.body.points is more than 5 and plan is pro",
  ],
])("the step %j", (node, expected) => {
  expect(stepSentence(node, kinds.nodes as KindForm[], (id) => (id === 3 ? "Reminder" : undefined), english)).toBe(
    expected,
  );
});

test("a step of a kind without words of its own says what its fields hold, and never that the run ends if it goes on", () => {
  const field = (name: string, role: string) => ({ name, role, required: true, default: null, begins: null });
  const edges = [field("then", "edge"), field("else", "edge")];
  const known = [
    { kind: "split", description: "", fields: [field("id", "id"), field("percent", "number"), ...edges] },
    { kind: "turn", description: "", fields: [field("id", "id"), ...edges] },
  ] as unknown as KindForm[];
  const said = (node: Node) => stepSentence(node, known, () => undefined, english);
  expect(said({ id: "a", kind: "split", percent: 1500, then: "b", else: null })).toBe("Percent: 1,500");
  expect(said({ id: "b", kind: "turn", then: null, else: null })).toBe("Turn");
});

test.each([
  [{ name: " Ada Lovelace " }, "Ada Lovelace"],
  [{ first_name: "Ada", last_name: "Lovelace", email: "a@b.example" }, "Ada Lovelace"],
  [{ firstName: "Ada" }, "Ada"],
  [{ name: 7, email: " a@b.example " }, "a@b.example"],
  [{}, "u-1"],
])("a person with the traits %j is called %s", (traits, expected) => {
  expect(personName({ external_id: "u-1", traits }, english.w)).toBe(expected);
});

test("who is known by nothing is an anonymous visitor", () => {
  expect(personName({ external_id: null, traits: { name: "  " } }, english.w)).toBe(english.w.common.anonymous);
  expect(emailOf({ external_id: null, traits: { email: ["a@b.example"] } })).toBe("");
});
