/**
 * English, one file a page. The shape of this object is the dictionary's type: the other languages must have every
 * entry.
 */

import { type ErrorTable, type ErrorText, errorSentence } from "../errors";
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

export const en = (f: Format, errors: ErrorTable = {}) => ({
  language: "English",
  error: (text: ErrorText) => errorSentence(text, errors, f),
  brandLine: "The right message, at the right moment, and proof of what it was worth.",
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

export type Words = ReturnType<typeof en>;
