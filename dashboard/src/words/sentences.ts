/** Tests of properties and deliveries as sentences. Whole rules are put into words by the server. */
import type { Delivery, Where } from "../api/types";
import type { Words } from "./en";
import type { Format } from "./format";

/** With a capital first letter, as a sentence starts. */
export function capital(text: string, { locale }: Format): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}

export type Tongue = { w: Words; f: Format };

function valueText(value: unknown, f: Format): string {
  if (Array.isArray(value)) return f.anyOf(value.map((one) => valueText(one, f)));
  if (typeof value === "number") return f.number(value);
  if (typeof value === "string") return value;
  return JSON.stringify(value) ?? "";
}

function testText(subject: string, is: string, value: unknown, { w, f }: Tongue): string {
  const verb = w.rule.is[is] ?? is;
  const without = is === "exists" || is === "not_exists";
  return `${subject} ${verb}${without ? "" : ` ${valueText(value, f)}`}`;
}

export function whereSentence(where: Where[] | undefined, tongue: Tongue): string {
  const said = (one: Where) =>
    one.where
      ? `${one.property} ${tongue.w.rule.is.has_where ?? one.is} (${whereSentence(one.where, tongue)})`
      : testText(one.property, one.is, one.value, tongue);
  return (where ?? []).map(said).join(tongue.w.rule.and);
}

/** A rule that holds messages back (`cap:3`, `country:FR`) in words; a cap is known by its name, where it is still there. */
export function ruleName(heldBy: string, capName: string | undefined, { w, f }: Tongue): string {
  const [kind = "", of = ""] = heldBy.split(":");
  const said = w.deliveries.heldBy;
  if (kind === "cap") return said.cap(capName);
  if (kind === "country") return said.country(new Intl.DisplayNames(f.locale, { type: "region" }).of(of) ?? of);
  if (kind === "own_limit") return said.ownLimit;
  if (kind === "own_quiet_hours") return said.ownQuietHours;
  return kind === "quiet_hours" ? said.quietHours : heldBy;
}

/** By which rule it is or was held back. */
export function heldSentence(delivery: Delivery, capName: string | undefined, tongue: Tongue): string {
  const { f } = tongue;
  const { heldBy } = tongue.w.deliveries;
  const rule = ruleName(delivery.held_by, capName, tongue);
  return delivery.state === "pending" ? heldBy.until(f.moment(delivery.due_at), rule) : heldBy.was(rule);
}

/** Why it went out or not, in a few words. */
export function outcomeSentence(delivery: Delivery, { w }: Tongue): string {
  if (delivery.state === "skipped" || delivery.state === "failed") {
    const reason = delivery.reason || delivery.detail;
    return reason
      ? (w.deliveries.reason[reason] ?? (delivery.why || reason))
      : (w.deliveries.state[delivery.state] ?? delivery.state);
  }
  const steps = (["converted", "clicked", "unsubscribed", "opened", "dismissed", "delivered"] as const).filter(
    (step) => delivery[`${step}_at`] !== null,
  );
  const best = steps[0];
  return best ? (w.deliveries.sentence[best] ?? best) : (w.deliveries.state[delivery.state] ?? delivery.state);
}
