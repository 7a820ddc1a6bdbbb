/** Français, un fichier par page. Espaces insécables devant la ponctuation double. */
import type { Words } from "../en";
import { type ErrorTable, errorSentence } from "../errors";
import type { Format } from "../format";
import { account, operators } from "./account";
import { builder } from "./builder";
import { consent } from "./consent";
import { credit } from "./credit";
import { happened, kinds, noted } from "./events";
import { explain } from "./explain";
import { journeys } from "./journeys";
import { lists } from "./lists";
import { deliveries, messages } from "./messages";
import { overview, rfm } from "./overview";
import { people } from "./people";
import { sandbox } from "./sandbox";
import { saw } from "./saw";
import { rule, segments } from "./segments";
import { common, nav, sending } from "./shell";
import { suppression } from "./suppression";
import { trust } from "./trust";
import { versions } from "./versions";

export const fr = (f: Format, errors: ErrorTable = {}): Words => ({
  language: "Français",
  error: (text) => errorSentence(text, errors, f),
  brandLine: "Le bon message, au bon moment, et la preuve de ce qu’il a rapporté.",
  common,
  nav,
  account,
  sending,
  overview: overview(f),
  rfm,
  people: people(f),
  kinds,
  noted,
  happened,
  segments: segments(f),
  builder,
  explain,
  versions,
  lists: lists(f),
  operators: operators(f),
  credit: credit(f),
  saw,
  rule,
  journeys: journeys(f),
  messages,
  deliveries,
  sandbox,
  suppression: suppression(f),
  trust,
  consent,
});
