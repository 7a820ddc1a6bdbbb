/** The check of a message before it is sent. */
export const check = {
  title: "Check before sending",
  help: "Fills it in for up to 200 people, as if it were sent now. Nothing is sent.",
  segment: "Among the members of",
  everybody: "the whole app",
  go: "Check",
  people: (n: number) => `Checked for ${n} ${n === 1 ? "person" : "people"}.`,
  withoutAddress: (n: number) => `${n} of them ${n === 1 ? "has" : "have"} no address on this channel.`,
  fine: "Nothing is missing, and nothing fails.",
  faults: "It would not be sent to these",
  missing: "These leave a gap",
  links: "Links to look at",
  local: "opens on this machine alone",
  insecure: "is not https",
  of: (n: number) => `${n} ${n === 1 ? "person" : "people"}:`,
  example: "For example",
  read: (n: number) => `${n} ${n === 1 ? "reader" : "readers"}`,
  largest: (size: string, most: string, unit: string) => `At most ${size} of ${most} ${unit}.`,
  tooLarge: (size: string, most: string, unit: string) =>
    `Up to ${size} ${unit}: more than ${most}, of which mailboxes cut off the rest.`,
  unit: { bytes: "bytes", characters: "characters" } as Record<string, string>,
};
