/** Caps, quiet hours and the hours of countries as sentences. */
import type { Cap, CountryHours, QuietHours } from "../api/types";
import type { restraint } from "../words/en/restraint";
import { capital, type Tongue } from "../words/sentences";

export type RestraintTongue = Tongue & { words: typeof restraint };
/** What a cap says, also while it is being written. */
export type CapRule = Omit<Cap, "id" | "app_id" | "name" | "version" | "created_at" | "updated_at">;
export type QuietRule = Pick<QuietHours, "channel" | "start" | "end" | "weekdays">;
type NameOf = (segment: number) => string | undefined;

const channelName = (channel: string, { w }: RestraintTongue) => w.builder.by[channel] ?? channel;

/** "3 marketing messages about offers by e-mail". */
function what(cap: CapRule, count: number, tongue: RestraintTongue): string {
  const { f } = tongue;
  const { sentence } = tongue.words;
  const classes = f.anyOf(cap.classes.map((one) => sentence.classes[one] ?? one));
  const topics = cap.topics.length > 0 ? sentence.about(f.anyOf(cap.topics)) : "";
  const named = cap.channels.map((one) => channelName(one, tongue));
  return (
    sentence.noun(count, classes) + topics + (named.length > 0 ? sentence.by(f.anyOf(named)) : sentence.anyChannel)
  );
}

function limit(cap: CapRule, most: number, tongue: RestraintTongue): string {
  const { f } = tongue;
  const { sentence } = tongue.words;
  const head = most === 0 ? sentence.no(what(cap, 0, tongue)) : sentence.most(f.number(most), what(cap, most, tongue));
  const window = cap.rolling ? sentence.rolling(f.duration(cap.rolling)) : cap.calendar ? sentence[cap.calendar] : "";
  const kept = Object.entries(cap.kept)
    .filter(([, count]) => count > 0)
    .map(([lane, count]) => sentence.kept(count, sentence.lanes[lane] ?? lane));
  return head + window + kept.join("");
}

/** "At most 3 marketing messages on any channel in 7 days, at least 4 hours apart; 5 for people in “Active”." */
export function capSentence(cap: CapRule, segmentName: NameOf, tongue: RestraintTongue): string {
  const { f } = tongue;
  const { sentence } = tongue.words;
  const gap = cap.gap ? f.duration(cap.gap) : "";
  const head =
    cap.most === null
      ? sentence.gapAlone(what(cap, 2, tongue), gap)
      : limit(cap, cap.most, tongue) + (gap && sentence.gap(gap));
  const tiers = cap.tiers.map(({ segment, most }) =>
    sentence.tier(f.number(most), segmentName(segment) ?? `#${segment}`),
  );
  return `${capital(head + tiers.join(""), f)}.`;
}

const dayNames = (days: readonly string[], { f, words }: RestraintTongue) =>
  f.list(days.map((one) => words.sentence.dayName(words.weekdays[one] ?? one)));

/** "Nothing is sent by SMS from 22:00 to 08:00." */
export function quietSentence(hours: QuietRule, tongue: RestraintTongue): string {
  const { sentence } = tongue.words;
  const channel = hours.channel ? sentence.by(channelName(hours.channel, tongue)) : "";
  const days = dayNames(hours.weekdays, tongue);
  const head =
    hours.start === hours.end ? sentence.quietAllDay(channel) : sentence.quiet(channel, hours.start, hours.end);
  const when = hours.start > hours.end ? sentence.nights(days) : sentence.days(days);
  return `${capital(head + (days && when), tongue.f)}.`;
}

/** "France: marketing leaves from 08:00 to 20:00 only, neither on Sunday nor on public holidays." */
export function countrySentence(hours: CountryHours, tongue: RestraintTongue): string {
  const { sentence } = tongue.words;
  const name = new Intl.DisplayNames(tongue.f.locale, { type: "region" }).of(hours.country) ?? hours.country;
  const days = dayNames(hours.never_on, tongue);
  const never = hours.no_holidays
    ? days
      ? sentence.neverOnNorHolidays(days)
      : sentence.noHolidays
    : days && sentence.neverOn(days);
  return `${sentence.country(name, hours.start, hours.end)}${never}.`;
}

const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const wholeDay = 1_440;

/** The quiet parts of a day as [from, to] in minutes; what passes midnight is two. */
export function quietParts(start: string, end: string): [number, number][] {
  const [from, to] = [minutes(start), minutes(end)];
  if (from === to) return [[0, wholeDay]];
  const parts: [number, number][] =
    from < to
      ? [[from, to]]
      : [
          [0, to],
          [from, wholeDay],
        ];
  return parts.filter(([begin, finish]) => begin < finish);
}
