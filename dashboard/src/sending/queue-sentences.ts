/** What deliveries that have not left wait for, as sentences. */
import type { ChannelQueue, QueueGroup } from "../api/types";
import type { queue } from "../words/en/queue";
import { ruleName, type Tongue } from "../words/sentences";

export type QueueTongue = Tongue & { words: typeof queue };
type CapName = (heldBy: string) => string | undefined;

export function groupSentence(group: QueueGroup, now: number, capName: CapName, tongue: QueueTongue): string {
  const { w, f, words } = tongue;
  const { count, reason } = group;
  const text = f.number(count);
  const when = f.moment(group.first_due_at);
  if (group.held_by) {
    const rule = ruleName(group.held_by, capName(group.held_by), tongue);
    return group.is_due ? words.heldNow(count, text, rule) : words.held(count, text, rule, when);
  }
  if (reason === "journey_paused") return words.paused(count, text);
  if (reason) return words.lacking(count, text, w.deliveries.reason[reason] ?? reason, f.moment(group.last_due_at));
  return group.is_due
    ? words.turn(count, text, f.span(Math.max(0, now - group.first_due_at)))
    : words.again(count, text, when);
}

/** All that is to be said of a channel. */
export function queueSentences(one: ChannelQueue, now: number, capName: CapName, tongue: QueueTongue): string[] {
  const { f, words } = tongue;
  const waiting = one.groups.map((group) =>
    words.inLane(words.lanes[group.lane] ?? group.lane, groupSentence(group, now, capName, tongue)),
  );
  return [
    ...(one.sending > 0 ? [words.sending(one.sending, f.number(one.sending))] : []),
    ...waiting,
    ...(one.entering > 0 ? [words.entering(f.number(one.entering))] : []),
  ];
}
