/** Why somebody is, or is not, in a segment: in English. */
export const explainEn = {
  why: "Why?", title: (segment: string) => `Why in “${segment}”, or not?`,
  inside: "In the segment", outside: "Not in the segment", settling: "The live segment has not settled what was found here yet. It will within a second.",
  verdict: (name: string, inside: boolean) => `${name} is ${inside ? "in" : "not in"} this segment`,
  leaves: (at: string) => `If nothing happens until then, leaves on ${at}.`, enters: (at: string) => `If nothing happens until then, enters on ${at}.`, stays: "Time alone will not change this: only something new can.", atLeast: (at: string) => `Stays so until ${at} at least, if nothing happens.`,
  tree: "Condition by condition", holds: "Holds", fails: "Does not hold", groups: { all: "All of these must hold", any: "At least one of these must hold", none: "None of these may hold", notall: "Not all of these may hold" } as Record<string, string>,
  until: (at: string) => `until ${at}`, untilAtLeast: (at: string) => `at least until ${at}`, unfold: (name: string) => `Show the rule of “${name}”`, fold: (name: string) => `Hide the rule of “${name}”`,
  events: "The events that decide, newest first", found: {
    count: (n) => (n === "0" ? "Has not happened" : n === "1" ? "Happened once" : `Happened ${n} times`), sum: (n) => `Adds up to ${n}`, average: (n) => `${n} on average`, min: (n) => `The lowest is ${n}`, max: (n) => `The highest is ${n}`, distinct: (n) => (n === "1" ? "1 value" : `${n} different values`), days: (n) => (n === "1" ? "On 1 day" : `On ${n} different days`), first: (at) => `First on ${at}`, last: (at) => `Last on ${at}`,
    pairs: (n) => (n === "0" ? "Has not happened" : n === "1" ? "Happened once" : `Happened ${n} times`), gaps: (n) => `Silent for ${n} times the usual gap`, inside: (n) => `${n} in the window`, unopened: (n) => `${n} left unopened`, value: (text) => `It is ${text}`, default: (text) => `Not known: ${text} is taken, the app’s own`, spot: (text) => `Last known at ${text}`, percent: (n) => `Drawn at ${n}%`,
  } as Record<string, (text: string) => string>,
  outsideWindow: (at: string) => `Last on ${at}, outside of the time looked at`,
  came: (times: number, at: string) => (times === 0 ? `Did not enter. Last known at ${at}` : `Entered ${times === 1 ? "once" : `${times} times`}, last at ${at}`), metresAway: (text: string, metres: string) => `${text}, ${metres} m from the centre`, openSegment: "Open the segment", nothing: "Nothing found", askPerson: "Ask about somebody else", askSegment: "Ask about another segment", askHelp: "Why they are in it, or why not",
};
