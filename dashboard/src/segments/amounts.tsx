/** What events come to, and what that is compared with: fields that go together. */
import type { Amount, Behaviour, MessageCondition, Moment } from "../api/types";
import { useSpeech } from "../words/words";
import { Choice, type Edit, Figure, PropertyInput } from "./inputs";
import { MomentInput, ZoneInput } from "./times";

const withProperty = ["sum", "average", "min", "max", "distinct"];
const moments = ["first", "last"];
const numbers = ["sum", "average", "min", "max"];

/** The value that fits an aggregate and a comparison, kept where it fits already. */
function fitting(aggregate: string, compare: string, value: Behaviour["value"]): Behaviour["value"] {
  const one = Array.isArray(value) ? value[0] : (value ?? 1);
  const isMoment = typeof one === "object" || (typeof one === "string" && one !== "");
  const kept: Amount = moments.includes(aggregate) ? (isMoment ? one : { ago: "30d" }) : isMoment ? 1 : one;
  return compare === "between"
    ? [
        kept,
        Array.isArray(value) && value[1] !== undefined && moments.includes(aggregate) === isMoment ? value[1] : kept,
      ]
    : kept;
}

function Amounts({ value, onChange }: Edit<Behaviour>) {
  const { w } = useSpeech();
  const aggregate = value.aggregate ?? "count";
  const label = numbers.includes(aggregate)
    ? w.builder.amount
    : aggregate === "days"
      ? w.builder.days
      : aggregate === "distinct"
        ? w.builder.values
        : w.segments.count;
  const pair: Amount[] = Array.isArray(value.value) ? value.value : [value.value ?? 1];
  const put = (place: number, next: Amount) => {
    const [low, high] = pair.map((one, other) => (other === place ? next : one)) as [Amount, Amount];
    onChange({ ...value, value: pair.length === 2 ? [low, high] : low });
  };
  return pair.map((one, place) => {
    const name = pair.length === 2 ? `${place === 0 ? w.builder.from : w.builder.to}: ${label}` : label;
    if (moments.includes(aggregate))
      return (
        <MomentInput
          key={place}
          label={pair.length === 2 ? (place === 0 ? w.builder.from : w.builder.to) : w.builder.moment}
          value={one as Moment}
          onChange={(next) => put(place, next)}
        />
      );
    const whole = !numbers.includes(aggregate);
    return (
      <Figure
        key={place}
        label={name}
        value={one as number | ""}
        onChange={(next) => put(place, next)}
        min={whole ? 0 : undefined}
        allowDecimal={!whole}
      />
    );
  });
}

/** How events are added up, and what that is compared with. */
export function AmountFields({ value, onChange }: Edit<Behaviour>) {
  const { w } = useSpeech();
  const aggregate = value.aggregate ?? "count";
  const compare = value.compare ?? ">=";
  const compares: Record<string, string> = moments.includes(aggregate)
    ? { ">=": w.builder.later, "<=": w.builder.earlier, between: w.builder.between }
    : { ...w.segments.compare, between: w.builder.between };
  const become = (next: string) => {
    const kept = moments.includes(next) && ![">=", "<=", "between"].includes(compare) ? ">=" : compare;
    const zone = next === "days" || moments.includes(next) ? value.zone : null;
    onChange({
      ...value,
      aggregate: next,
      compare: kept,
      property: withProperty.includes(next) ? (value.property ?? "") : null,
      zone,
      value: fitting(next, kept, value.value),
    });
  };
  return (
    <>
      <Choice label={w.builder.aggregate} words={w.builder.aggregates} value={aggregate} onChange={become} />
      {withProperty.includes(aggregate) && (
        <PropertyInput
          label={w.builder.ofProperty}
          value={value.property ?? ""}
          onChange={(property) => onChange({ ...value, property })}
        />
      )}
      <Choice
        label={w.builder.compare}
        words={compares}
        value={compare}
        onChange={(next) => onChange({ ...value, compare: next, value: fitting(aggregate, next, value.value) })}
      />
      <Amounts value={value} onChange={onChange} />
      {(aggregate === "days" || moments.includes(aggregate)) && (
        <ZoneInput value={value.zone} onChange={(zone) => onChange({ ...value, zone })} />
      )}
    </>
  );
}

/** How many of them there were. */
export function CountFields({ value, onChange }: Edit<MessageCondition>) {
  const { w } = useSpeech();
  const compare = value.compare ?? ">=";
  const pair = Array.isArray(value.value) ? value.value : [value.value ?? 1];
  const become = (next: string) =>
    onChange({
      ...value,
      compare: next,
      value: next === "between" ? [pair[0] ?? 1, pair[1] ?? pair[0] ?? 1] : (pair[0] ?? 1),
    });
  const put = (place: number, next: number | "") =>
    onChange({
      ...value,
      value: pair.length === 1 ? next : place === 0 ? [next, pair[1] ?? ""] : [pair[0] ?? "", next],
    });
  return (
    <>
      <Choice
        label={w.segments.at}
        words={{ ...w.segments.compare, between: w.builder.between }}
        value={compare}
        onChange={become}
      />
      {pair.map((one, place) => (
        <Figure
          key={place}
          label={
            pair.length === 1 ? w.segments.count : `${place === 0 ? w.builder.from : w.builder.to}: ${w.segments.count}`
          }
          value={one}
          onChange={(next) => put(place, next)}
          min={0}
          allowDecimal={false}
        />
      ))}
    </>
  );
}
