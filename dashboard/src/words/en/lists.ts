/** Static lists. */
import type { Format } from "../format";

export const lists = (f: Format) => ({
  title: "Lists",
  link: "Lists",
  line: "People put together by hand or from a file. Rules ask for them: “on the list …”.",
  create: "New list",
  createDo: "Create the list",
  empty: "No list yet",
  emptyBody:
    "A list holds people you choose yourself: guests of an evening, customers of an old shop, testers. Paste their e-mail addresses or user ids, then use the list in a segment, alone or with other conditions.",
  made: "Created",
  by: "By",
  people: (n: number) => (n === 1 ? "1 person is on it" : `${f.number(n)} people are on it`),
  nobody: "Nobody is on it yet. Paste e-mail addresses or user ids to put people on it.",
  some: "Some of them",
  used: "Where it is used",
  usedNone: "No segment asks for it yet.",
  useIt: "Make a segment of it",
  usedWarning: "While a segment asks for it, the list cannot be archived.",
  add: "Put people on it",
  remove: "Take people off it",
  paste: "E-mail addresses or user ids",
  pasteHelp: "One a line, or separated by commas. Of a CSV file you choose the column.",
  file: "Choose a file",
  fileTooLarge: "The file is larger than 10 MB: cut it into pieces.",
  entries: (n: number) => (n === 1 ? "1 entry" : `${f.number(n)} entries`),
  run: (n: number) => `Put on the list (${f.number(n)})`,
  runOff: (n: number) => `Take off the list (${f.number(n)})`,
  whichColumn: "Which column?",
  whichColumnHelp: "The one with e-mail addresses or your own user ids",
  hasHeader: "The first row names the columns",
  column: (n: number) => `Column ${n}`,
  firstOfThem: "The first of them:",
  fileUnread: "The file cannot be read",
  fileEmpty: "There is nothing in this file.",
  encoding: "How it is written",
  encodingHelp: "windows-1252 is what Excel calls “CSV” on Windows",
  tooLong: (n: number) =>
    n === 1
      ? "1 entry is too long for an id or an address and is left out."
      : `${f.number(n)} entries are too long for an id or an address and are left out.`,
  working: (done: string, all: string) => `${done} of ${all} entries done`,
  added: (n: number) => (n === 1 ? "1 person was put on the list." : `${f.number(n)} people were put on the list.`),
  removed: (n: number) =>
    n === 1 ? "1 person was taken off the list." : `${f.number(n)} people were taken off the list.`,
  unknown: (n: number) => (n === 1 ? "1 entry is nobody’s here" : `${f.number(n)} entries are nobody’s here`),
  unknownHelp:
    "No person has this address or id, so nothing was changed for it. Relance never makes a person of a list.",
  unknownSave: "Save them as a file",
  stoppedAt: (n: string) => `It stopped after ${n} entries; those are done. Try the rest again.`,
  archive: "Archive",
  archiveTitle: "Archive this list?",
  archiveBody: "It can no longer be used, and its name is free again. The people on it stay as they are.",
});
