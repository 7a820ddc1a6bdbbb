/** The overview, and the map of who buys how lately and how often. */
import type { Format } from "../format";

export const overview = (f: Format) => ({
  title: "Overview",
  tooFast: (unsettled: string) => `This app sends faster than its events settle: ${unsettled} wait`,
  tooFastBody:
    "Nothing that was accepted is lost, and no other app waits for it. While as many as may be have not settled, requests wait a few seconds and are then asked to come again.",
  tooFastRefused: (refused: string) =>
    `Requests refused since the server started: ${refused}. Segment libraries send them again by themselves; other senders must send again whatever is answered 429.`,
  people: "People",
  events: "Events",
  lastEvent: "the last",
  lag: "Waiting to settle",
  lagDetail: "commits of the log not counted yet",
  settled: "Up to date: everything received is counted",
  late: (span: string) => `Segments are ${span} behind`,
  lateBody:
    "The oldest event that was received, or window that closed, is not counted yet after that time. Who is in a segment may be out of date; nothing is lost. If it lasts, look at the server’s load and log.",
  gone: "Nothing is being counted at the moment",
  goneBody:
    "The server does not answer, or its worker is being started again. Events are still taken where the server runs; sizes and members may be out of date.",
  sent: "Sent",
  opened: "Opened",
  clicked: "Clicked",
  converted: "Converted",
  revenue: "Revenue",
  revenueDetail: "from conversions after a message",
  notSent: (n: number) => `${f.number(n)} not sent`,
  ofSent: (share: string) => `${share} of sent`,
  ofMails: (share: string) => `${share} of e-mails`,
  ofAimed: (share: string) => `${share} of messages with a goal`,
  overTime: "Segments over time",
  segments: "Largest segments",
  skipped: "Not sent, and why",
  skippedNone: "Nothing has been kept back.",
  rfm: "How lately and how often people buy",
  rfmBody: (people: number, event: string) => `${f.number(people)} people with at least one “${event}”.`,
  rfmNone: (event: string) => `Nobody has an “${event}” event yet.`,
  rfmRecency: "bought more lately",
  rfmFrequency: "bought more often",
  empty: "No event has arrived yet",
  emptyBody: "Send the first one from your site or your server: this page fills up within a second.",
  emptyStep: "Send the first event",
  latency: {
    event_to_segment: (half: string, most: string) => `From event to segment: half within ${half}, 99% within ${most}.`,
    event_to_message: (half: string, most: string) => `From event to message: half within ${half}, 99% within ${most}.`,
  },
  chartTable: "Show as a table",
  chartHide: "Hide the table",
  day: "Day",
});

export const rfm = {
  Champions: "Champions",
  Loyal: "Loyal",
  "Potential Loyalist": "Potential loyalist",
  New: "New",
  Promising: "Promising",
  "Need Attention": "Need attention",
  "About To Sleep": "About to sleep",
  "At Risk": "At risk",
  "Can't Lose": "Can’t lose",
  Hibernating: "Hibernating",
} as Record<string, string>;
