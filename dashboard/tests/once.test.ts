/** Two clicks that a busy page hears at once are one change. */
import { expect, test } from "vitest";
import { onceAtATime } from "../src/pieces/once";

test("the same value runs once until it is done, another beside it", async () => {
  const ran: string[] = [];
  const once = onceAtATime(async ({ name }: { name: string }) => {
    ran.push(name);
    await new Promise((done) => setTimeout(done, 5));
    return ran.length;
  });
  const first = [once({ name: "a" }), once({ name: "a" }), once({ name: "b" })];
  expect(await Promise.all(first)).toEqual([2, 2, 2]);
  expect(ran).toEqual(["a", "b"]);
  await once({ name: "a" });
  expect(ran).toEqual(["a", "b", "a"]);
});

test("after a failure it can be tried again, also what takes no value", async () => {
  let tries = 0;
  const once = onceAtATime(async (_: undefined) => {
    tries += 1;
    if (tries === 1) throw new Error("no");
    return tries;
  });
  const both = [once(undefined), once(undefined)];
  await expect(both[0]).rejects.toThrow("no");
  await expect(both[1]).rejects.toThrow("no");
  expect(await once(undefined)).toBe(2);
});
