/** The suppression list. */
import type { Format } from "../format";

export const suppression = (f: Format) => ({
  title: "Suppression list",
  link: "Suppression list",
  line: "Addresses that are sent nothing, not even receipts, whoever has them now or brings them later.",
  search: "Address begins with",
  channel: "Channel",
  why: "Why",
  all: "All",
  address: "Address",
  since: "Since",
  reason: {
    bounced: "Bounced",
    complained: "Reported as spam",
    manual: "Added by hand",
    imported: "From a file",
  },
  by: (name: string) => `by ${name}`,
  byRelance: "by Relance",
  forgotten: "Address of a deleted person",
  empty: "Nothing is suppressed",
  emptyBody:
    "Addresses come here by themselves when they bounce or when their reader reports a message as spam. You can also add one, or a file with the list of your former provider.",
  none: "No suppressed address matches.",
  allowComplained: (address: string) =>
    `Whoever reads ${address} reported a message as spam. Writing there again makes mailboxes distrust all mail of your domain. Allow it only if they asked you for messages again. Marketing stays refused until they agree to it anew.`,
  add: "Suppress an address",
  addBody: "Nothing more is sent there, at once and for good, until an operator allows it again.",
  addDo: "Suppress this address",
  note: "Note",
  noteHelp: "Why, for your colleagues. It is forgotten when the person is deleted.",
  file: "Import a file",
  tooLarge: "The file is larger than 50 MB: cut it into pieces.",
  imported: (n: number) => (n === 1 ? "1 address was added." : `${f.number(n)} addresses were added.`),
  already: (n: number) => (n === 1 ? "1 was on the list already." : `${f.number(n)} were on the list already.`),
  badLines: (n: number) => (n === 1 ? "1 line was left out" : `${f.number(n)} lines were left out`),
  atLine: (n: string) => `Line ${n}:`,
  stopped: {
    title: (domain: string) => `Marketing from ${domain} is stopped`,
    why: (share: string, complained: string, delivered: string) =>
      `${share} of what was delivered within 24 hours was reported as spam (${complained} of ${delivered}). Mailboxes ask senders to stay below 0.3%. Receipts and other messages that people asked for are still sent.`,
    todo: "What to do: look at what was sent last and to whom. Write only to people who agreed to it and who still open your messages, and make leaving easy.",
    resume: "Resume marketing",
    resumeTitle: "Resume marketing?",
    resumeBody: (domain: string) =>
      `Marketing from ${domain} is sent again from now on; what was skipped is not sent later. What happened so far no longer counts. It stops again at the same share.`,
    resumeDo: "Resume marketing",
    resumed: "Resumed. Marketing is sent again.",
  },
  audience: {
    title: (message: string) => `“${message}” has stopped for its audience`,
    why: (share: string, failed: string, rendered: string) =>
      `${share} of its messages could not be filled in (${failed} of ${rendered}). They were skipped; who had not had their turn yet still waits.`,
    todo: "What to do: look at what went wrong under the message's deliveries, correct the message, and let the audience go on.",
    open: "Open the message",
    resume: "Go on",
    resumeTitle: "Let the audience go on?",
    resumeBody:
      "Those who wait get the message as it is now. Failures are counted anew. Those who were skipped do not get it.",
    resumed: "The audience goes on.",
    cancel: "Cancel it",
    cancelTitle: "Cancel the audience?",
    cancelBody: "Nobody who still waits gets the message. This cannot be undone.",
    cancelled: "The audience is cancelled.",
  },
  export: "Export the list as CSV",
});
