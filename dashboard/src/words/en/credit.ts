/** Tests, goals and what messages brought. */
import type { Format } from "../format";

const boughtBy: Record<string, string> = { "Order Completed": "Bought" };

export const credit = (f: Format) => ({
  test: "Test",
  tested: (what: string) => `A test: ${what}`,
  testEvent: "Filled in from",
  testEventHelp: "A recent event whose properties fill the message in",
  testPaste: "Or paste properties as JSON",
  testPasteHelp: '{"cart_id": "c1", "total": 49}: what the message reads as event',
  notJson: "This is no JSON object",
  previewFor: "Fill it in for",
  goesTo: "To:",
  noAddress: "This person has no address on this channel: nothing would be sent.",
  gaps: "These leave a gap, since they are not known:",
  gap: (variable: string, field: string) => `${variable} (in ${field})`,
  notShown: (field: string, browsers: string) => `${browsers} show no ${field}.`,
  shownField: { buttons: "buttons", image: "picture" } as Record<string, string>,
  heldBack: (reason: string, detail: string) => `It would not be sent: ${reason}. ${detail}`,
  testReal: "A test counts in no figure, moves no segment and starts no journey. Its unsubscribe link is real.",
  rfmNotYet: (buyers: number, days: number, least: { buyers: number; days: number }) =>
    `Not enough yet: ${f.number(buyers)} of ${f.number(least.buyers)} buyers, ${f.number(days)} of ${f.number(least.days)} days. People are compared with each other, which says nothing about so few.`,
  rfmHow: "Each fifth of the people is a step: how lately they bought, compared with all, and how often.",
  bought: (event: string) => boughtBy[event] ?? (event ? `“${event}”` : "Ended by an event"),
  otherwise: "Ended otherwise",
  goalReached: "Goal reached",
  goalHelp: (event: string) => `did “${event}” in time, whichever way they went`,
  brought: "Revenue of its messages",
  anyTime: "at any time",
});
