/** The drawing of a journey: every step once, no two in one place, every arrow from a step to a step. */
import fc from "fast-check";
import { expect, test } from "vitest";
import kinds from "../../tests/browser/recorded/kinds.json";
import type { Graph, KindForm, Node, Where } from "../src/api/types";
import { draw, endId, entryId, exitEvents, exitId, size } from "../src/journeys/layout";
import { en } from "../src/words/en";
import { makeFormat } from "../src/words/format";

const f = makeFormat("en-GB");
const tongue = { f, w: en(f) };
const forms = kinds.nodes as KindForm[];

/** Graphs whose steps lead anywhere: on, back, to themselves, to the end. */
const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 12 }).chain((count) => {
  const id = fc.integer({ min: 0, max: count - 1 }).map(String);
  const next = fc.option(id);
  const node = (name: string): fc.Arbitrary<Node> =>
    fc.oneof(
      fc.record({ id: fc.constant(name), kind: fc.constant("delay" as const), for: fc.constant("2h"), next }),
      fc.record({ id: fc.constant(name), kind: fc.constant("message" as const), message: fc.nat(), next }),
      fc.record({
        id: fc.constant(name),
        kind: fc.constant("branch" as const),
        if: fc.constant<Where[]>([]),
        then: next,
        else: next,
      }),
      fc.record({ id: fc.constant(name), kind: fc.constant("exit" as const) }),
    );
  return fc.record({
    entry: fc.constant({ event: "Seen" }),
    exits: fc.array(fc.record({ event: fc.constantFrom("Bought", "Left") }), { maxLength: 3 }),
    nodes: fc.tuple(...Array.from({ length: count }, (_, place) => node(String(place)))),
    start: id,
  });
});

test("every step stands once, and no two overlap", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { places } = draw(graph, forms, tongue);
      const ids = places.map((place) => place.id).filter((id) => id !== endId);
      expect(ids.sort()).toEqual(
        [entryId, ...graph.nodes.map((node) => node.id), ...exitEvents(graph).map(exitId)].sort(),
      );
      for (const [number, one] of places.entries())
        for (const other of places.slice(number + 1)) {
          const apart = Math.abs(one.x - other.x) >= size.width || Math.abs(one.y - other.y) >= size.height;
          expect([one.id, other.id, apart]).toEqual([one.id, other.id, true]);
        }
    }),
    { numRuns: 40 },
  );
});

test("every arrow leaves and reaches a step that is drawn, inside the picture", () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { places, lines, width, height } = draw(graph, forms, tongue);
      const drawn = new Set(places.map((place) => place.id));
      const edges = graph.nodes.reduce((all, node) => all + ({ branch: 2, exit: 0 }[node.kind as string] ?? 1), 0);
      expect(lines.length).toBe(1 + edges + exitEvents(graph).length);
      for (const line of lines) {
        expect(drawn.has(line.from) && drawn.has(line.to)).toBe(true);
        expect(line.path).toMatch(/^M [-\d.e]+ [-\d.e]+( C( [-\d.e]+){6})+$/);
      }
      for (const { x, y } of places) expect(x >= 0 && y >= 0 && x <= width && y <= height).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test("a kind of node that has no words yet is drawn all the same, its ways by their labels", () => {
  const field = (name: string): KindForm["fields"][number] => ({
    begins: null,
    choices: [],
    default: null,
    maximum: null,
    minimum: null,
    name,
    required: true,
    role: "edge",
  });
  const split: KindForm = { description: "", fields: [field("one"), field("other")], kind: "split" };
  const graph: Graph = {
    entry: { event: "Seen" },
    nodes: [
      { id: "s", kind: "split", one: "e", other: null },
      { id: "e", kind: "exit" },
    ],
    start: "s",
  };
  const { lines } = draw(graph, [...forms, split], tongue);
  expect(lines.map(({ from, to, label }) => [from, to, label])).toEqual([
    [entryId, "s", ""],
    ["s", "e", "one"],
    ["s", endId, "other"],
  ]);
});
