/** What waits to be sent, in English. These words come with its page. */
export const queue = {
  title: "What waits",
  line: "Messages that have not left yet, by channel, and what they wait for. Of each channel 10,000 are counted at most.",
  nothing: "Nothing waits.",
  lanes: {
    transactional: "Calls and tests",
    journey: "Journeys",
    campaign: "Campaigns",
    retry: "Tried again",
  } as Record<string, string>,
  inLane: (lane: string, sentence: string) => `${lane}: ${sentence}`,
  entering: (count: string) => `${count} more people of audiences have not entered the queue yet.`,
  waiting: (count: string) => `${count} waiting`,
  waitingMore: (count: string) => `more than ${count} waiting`,
  sending: (count: number, text: string) => `${text} ${count === 1 ? "is" : "are"} being sent.`,
  turn: (count: number, text: string, span: string) =>
    count === 1
      ? `${text} waits for its turn, for ${span}.`
      : `${text} wait for their turn, the first of them for ${span}.`,
  again: (count: number, text: string, when: string) =>
    count === 1 ? `${text} is due on ${when}.` : `${text} are due later, the first on ${when}.`,
  held: (count: number, text: string, rule: string, when: string) =>
    count === 1
      ? `${text} is held back by ${rule}, and decided anew on ${when}.`
      : `${text} are held back by ${rule}, and decided anew from ${when} on.`,
  heldNow: (count: number, text: string, rule: string) =>
    `${text} ${count === 1 ? "was" : "were"} held back by ${rule}, and ${count === 1 ? "is" : "are"} decided anew now.`,
  paused: (count: number, text: string) =>
    count === 1 ? `${text} waits for its journey to go on.` : `${text} wait for their journey to go on.`,
  lacking: (count: number, text: string, reason: string, when: string) =>
    `${text} ${count === 1 ? "waits" : "wait"} until ${when} at the latest for what is missing: ${reason}.`,
};
