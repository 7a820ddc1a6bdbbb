/** What people saw and asked for: warnings at what has never arrived, the overview, a demo's clock. */
export const saw = {
  unseenEvent: (name: string) => `No event “${name}” has arrived here yet. Is it spelt so?`,
  unseenProperty: (name: string) => `None of the latest of these events has “${name}”. Is it spelt so?`,
  unseenTrait: (name: string) => `Nobody looked at has the trait “${name}”. Is it spelt so?`,
  unseenInMessage: "Perhaps misspelt",
  unseenTraits: (names: string) =>
    `Nobody has these traits yet: ${names}. Where the message uses them, it stays empty or takes their default.`,
  overviewLine: "What went out, and what it brought.",
  brought: "What each message brought",
  broughtNone: "Nothing has been sent yet.",
  message: "Message",
  speed: "How fast it is",
  notSent: "Not sent",
  notSentNone: "nothing was kept back",
  lastEvent: "the last event",
  allMessages: "All messages",
  who: "Who?",
  whoIsAt: (step: string) => `Who is at “${step}”`,
  onlyAt: (step: string) => `Only those who are at this step, or ended there: ${step}`,
  allRuns: "Show all runs",
  runsNoneAt: "Nobody is at this step now; whoever came by has gone on.",
  lists: "Lists",
  listsNone: "On no list.",
  push: "Web push",
  pushLine:
    "Pages subscribe browsers with this public key, the same for all apps of this server; or they ask for it, as the how-to “Receive web push in a browser” shows.",
  pushNone: "This server sends no web push.",
  docsLine:
    "All calls with their fields, as OpenAPI (JSON): for Postman, Insomnia or Swagger UI, or to generate a client.",
  daysInUtc: "Days begin and end at midnight UTC.",
  ownClock: (at: string) => `It is ${at} here`,
  ownClockBody: "This server has a clock of its own, as a demo has: the story that it plays goes faster than the days.",
};
