/** Rules, journey steps and deliveries as sentences. Display only: what a rule means is decided by the server. */
import type { Delivery, Rule, Where } from "../api/types";
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
  return (where ?? []).map((one) => testText(one.property, one.is, one.value, tongue)).join(tongue.w.rule.and);
}

function groupText(rules: Rule[], joint: string, tongue: Tongue): string {
  const parts = rules.map((rule) => {
    const text = ruleText(rule, tongue);
    return "all" in rule || "any" in rule ? tongue.w.rule.group(text) : text;
  });
  return parts.join(joint);
}

function behaviourText(rule: Extract<Rule, { kind: "behaviour" }>, tongue: Tongue): string {
  const { w, f } = tongue;
  const where = rule.where?.length ? w.rule.where(whereSentence(rule.where, tongue)) : "";
  const window = rule.window ? w.rule.last(rule.window.last, f) : w.rule.ever;
  const { compare = ">=", value = 1 } = rule; // what the API takes where they are left out
  const never = (value === 0 && ["=", "<="].includes(compare)) || (value === 1 && compare === "<");
  if (never) return w.rule.never(rule.event, window, where);
  const own = w.happened[rule.event];
  const howOften = w.rule.times(w.segments.compare[compare] ?? compare, value);
  if (own) return w.rule.happened(own, howOften, window, where);
  return w.rule.did(rule.event, howOften, window, where);
}

/** "did not do …" reads better than "not (did … at least once)". */
function notText(rule: Rule, tongue: Tongue): string {
  const once = "kind" in rule && rule.kind === "behaviour" && (rule.compare ?? ">=") === ">=" && (rule.value ?? 1) === 1;
  return once ? behaviourText({ ...rule, compare: "=", value: 0 }, tongue) : tongue.w.rule.not(ruleText(rule, tongue));
}

function ruleText(rule: Rule, tongue: Tongue): string {
  if ("all" in rule) return rule.all.length ? groupText(rule.all, tongue.w.rule.and, tongue) : tongue.w.rule.everyone;
  if ("any" in rule) return groupText(rule.any, tongue.w.rule.or, tongue);
  if ("not" in rule) return notText(rule.not, tongue);
  if (rule.kind === "behaviour") return behaviourText(rule, tongue);
  return testText(rule.name, rule.is, rule.value, tongue);
}

export function ruleSentence(rule: Rule, tongue: Tongue): string {
  return capital(ruleText(rule, tongue), tongue.f);
}

/** Why it went out or not, in a few words. */
export function outcomeSentence(delivery: Delivery, { w }: Tongue): string {
  if (delivery.state === "skipped" || delivery.state === "failed") {
    const reason = delivery.reason || delivery.detail;
    return reason ? (w.deliveries.reason[reason] ?? (delivery.why || reason)) : (w.deliveries.state[delivery.state] ?? delivery.state);
  }
  const steps = (["converted", "clicked", "unsubscribed", "opened", "dismissed", "delivered"] as const).filter((step) => delivery[`${step}_at`] !== null);
  const best = steps[0];
  return best ? (w.deliveries.sentence[best] ?? best) : (w.deliveries.state[delivery.state] ?? delivery.state);
}
