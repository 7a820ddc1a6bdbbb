/** Numbers, times and durations in both languages. The tests' zone is Europe/Paris. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeFormat } from "../src/words/format";

const en = makeFormat("en-GB");
const fr = makeFormat("fr-FR");

test.each([
  ["1s", "1 second", "1 seconde"],
  ["2h", "2 hours", "2\u00a0heures"],
  ["30d", "30 days", "30\u00a0jours"],
  ["2w", "2 weeks", "2\u00a0semaines"],
  ["15m", "15 minutes", "15\u00a0minutes"],
])("the duration %s", (text, english, french) => {
  expect(en.duration(text)).toBe(english);
  expect(fr.duration(text).replaceAll(/\s/g, " ")).toBe(french.replaceAll(/\s/g, " "));
});

test("a text that is no duration stays as it is", () => {
  const other = fc.string().filter((text) => !/^\d+[smhdw]$/.test(text));
  fc.assert(
    fc.property(other, (text) => {
      expect(en.duration(text)).toBe(text);
    }),
  );
});

test.each([
  [0, "0 ms"],
  [999, "999 ms"],
  [1000, "1 second"],
  [1500, "1.5 seconds"],
  [59_999, "60 seconds"],
  [60_000, "1 minute"],
  [3_599_999, "60 minutes"],
  [3_600_000, "1 hour"],
  [86_399_999, "24 hours"],
  [86_400_000, "1 day"],
  [90 * 86_400_000, "90 days"],
])("a span of %d ms is %s", (ms, expected) => {
  expect(en.span(ms).replaceAll(/\s/g, " ")).toBe(expected);
});

test.each([
  [0, "1 kB"],
  [1, "1 kB"],
  [1499, "1 kB"],
  [1500, "2 kB"],
  [999_999, "1,000 kB"],
  [1_000_000, "1 MB"],
  [2_560_000, "2.6 MB"],
])("%d bytes are %s", (bytes, expected) => {
  expect(en.bytes(bytes).replaceAll(/\s/g, " ")).toBe(expected);
});

test("a compact number is exact below ten thousand, and one unit long above", () => {
  fc.assert(
    fc.property(fc.integer({ min: -9999, max: 9999 }), (n) => {
      expect(en.compact(n)).toBe(en.number(n));
    }),
  );
  expect(en.compact(10_000)).toMatch(/^10k$/i);
  expect(en.compact(1_250_000)).toMatch(/^1.3m$/i);
  expect(en.compact(-20_000)).toMatch(/^-20k$/i);
});

test("a share has a whole, and is the rate that the server would give", () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1 }), (part, whole) => {
      expect(en.share(part, whole)).toBe(en.rate(part / whole));
    }),
  );
  expect([en.share(3, 0), en.rate(null)]).toEqual(["–", "–"]);
  expect(en.share(1, 8)).toBe("12.5%");
});

test("revenues of different currencies are never added", () => {
  const revenues = [
    { currency: "EUR", amount: 12.5 },
    { currency: "USD", amount: 3 },
  ];
  expect(en.revenue({ revenues, currency: "EUR" })).toBe("€12.50 + US$3.00");
  expect(en.revenue({ revenues: [], currency: "EUR" })).toBe("€0.00");
  expect(en.money(1234.5)).toBe("1,234.50");
});

test("a moment of another year says its year", () => {
  const now = new Date();
  const sameYear = new Date(now.getFullYear(), 5, 1, 9, 30).getTime();
  expect(en.moment(sameYear)).not.toContain(String(now.getFullYear()));
  expect(en.moment(Date.UTC(2019, 11, 31, 22, 59))).toBe("31 Dec 2019, 23:59");
  expect(en.moment(Date.UTC(2019, 11, 31, 23, 0))).toBe("1 Jan 2020, 00:00");
});

test("lists are joined as the language joins them", () => {
  expect(en.list(["a", "b", "c"])).toBe("a, b and c");
  expect(fr.list(["a", "b", "c"])).toBe("a, b et c");
  expect(en.anyOf(["a", "b"])).toBe("a or b");
  expect(fr.anyOf(["a", "b"])).toBe("a ou b");
});
