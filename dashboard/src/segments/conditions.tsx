/** The fields of each kind of condition. */
import { Select, Stack, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type {
  About,
  Amount,
  Behaviour,
  Bucket,
  Condition,
  Consented,
  Device,
  DeviceTest,
  Fact,
  InSegment,
  Lifecycle,
  MessageCondition,
  Moment,
  OnList,
  Rhythm,
  Sequence,
  Subscribed,
  Trait,
  Unopened,
} from "../api/types";
import { useJourneys } from "../journeys/queries";
import { useMessages } from "../messages/queries";
import { useSpeech } from "../words/words";
import { Choice, type Edit, EventInput, Fields, Figure, LengthInput, PropertyInput, useMissing } from "./inputs";
import { AreaFields, EnteredFields } from "./places";
import { useLists, useSegments } from "./queries";
import { StepInput, TestInput, Tests, WhereInput } from "./tested";
import { MomentInput, recurring, WindowInput, shapeOf as windowShapeOf, ZoneInput } from "./times";

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

function BehaviourFields({ value, onChange }: Edit<Behaviour>) {
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
    <Stack gap="sm">
      <Fields>
        <EventInput value={value.event} onChange={(event) => onChange({ ...value, event })} />
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
        <WindowInput value={value.window} onChange={(window) => onChange({ ...value, window })} />
      </Fields>
      <WhereInput value={value.where} onChange={(where) => onChange({ ...value, where })} />
    </Stack>
  );
}

function TraitFields({ value, onChange }: Edit<Trait>) {
  const { w } = useSpeech();
  return (
    <Fields>
      <PropertyInput label={w.builder.trait} value={value.name} onChange={(name) => onChange({ ...value, name })} />
      <TestInput moves value={value} onChange={(test) => onChange({ kind: "trait", name: value.name, ...test })} />
    </Fields>
  );
}

function SequenceFields({ value, onChange }: Edit<Sequence>) {
  const { w } = useSpeech();
  return (
    <Stack gap="sm">
      <StepInput label={w.builder.first} value={value.first} onChange={(first) => onChange({ ...value, first })} />
      <Fields>
        <WindowInput value={value.window} onChange={(window) => onChange({ ...value, window })} />
        <Choice
          label={w.builder.absent}
          words={w.builder.follows}
          value={value.absent ? "no" : "yes"}
          onChange={(next) => onChange({ ...value, absent: next === "no" })}
        />
      </Fields>
      <StepInput label={w.builder.then} value={value.then} onChange={(then) => onChange({ ...value, then })} />
      <Fields>
        <LengthInput
          label={w.builder.within}
          value={value.within}
          onChange={(within) => onChange({ ...value, within })}
        />
        <PropertyInput
          optional
          label={w.builder.on}
          value={value.on ?? ""}
          onChange={(on) => onChange({ ...value, on: on === "" ? null : on })}
        />
      </Fields>
    </Stack>
  );
}

function RhythmFields({ value, onChange }: Edit<Rhythm>) {
  const { w } = useSpeech();
  return (
    <Fields>
      <Figure
        label={w.builder.times}
        value={value.times}
        onChange={(times) => onChange({ ...value, times })}
        min={0.1}
        max={100}
      />
    </Fields>
  );
}

function LifecycleFields({ value, onChange }: Edit<Lifecycle>) {
  const { w } = useSpeech();
  const offered = (stage: string) =>
    stage === "first" ? ["last", "ago", "calendar", "dates", "after_first"] : recurring;
  const become = (stage: string) =>
    onChange({
      ...value,
      stage,
      window: offered(stage).includes(windowShapeOf(value.window)) ? value.window : { last: "30d" },
    });
  return (
    <Stack gap="sm">
      <Fields>
        <EventInput value={value.event} onChange={(event) => onChange({ ...value, event })} />
        <Choice label={w.builder.stage} words={w.builder.stages} value={value.stage} onChange={become} />
        <WindowInput
          only={offered(value.stage)}
          value={value.window}
          onChange={(window) => window && onChange({ ...value, window })}
        />
      </Fields>
      <WhereInput value={value.where} onChange={(where) => onChange({ ...value, where })} />
    </Stack>
  );
}

type Named = { id: number; name: string };

/** One of the app's messages, journeys or segments; what is no longer listed keeps its number. */
function Pick({
  label,
  placeholder,
  items,
  value,
  onChange,
  needed = false,
}: Edit<number | "" | null | undefined> & {
  label: string;
  placeholder?: string;
  items: Named[] | undefined;
  needed?: boolean;
}) {
  const missing = useMissing(needed ? value : 0);
  const data = (items ?? []).map((one) => ({ value: String(one.id), label: one.name }));
  if (value && !data.some((one) => one.value === String(value)))
    data.push({ value: String(value), label: `# ${value}` });
  return (
    <Select
      searchable
      clearable={!needed}
      label={label}
      placeholder={placeholder}
      data={data}
      value={value ? String(value) : null}
      onChange={(next) => onChange(next === null ? (needed ? "" : null) : Number(next))}
      error={missing}
    />
  );
}

function AboutFields<T extends About>({ value, onChange }: Edit<T>) {
  const { w } = useSpeech();
  const channels = w.messages.channel;
  const known =
    value.channel && !(value.channel in channels) ? { ...channels, [value.channel]: value.channel } : channels;
  return (
    <>
      <Pick
        label={w.builder.message}
        placeholder={w.builder.anyMessage}
        items={useMessages().data?.filter((one) => one.archived_at === null)}
        value={value.message}
        onChange={(message) => onChange({ ...value, message: message || null })}
      />
      <Pick
        label={w.builder.journey}
        placeholder={w.builder.anyJourney}
        items={useJourneys().data?.filter((one) => one.state !== "archived")}
        value={value.journey}
        onChange={(journey) => onChange({ ...value, journey: journey || null })}
      />
      <Select
        clearable
        label={w.builder.channel}
        placeholder={w.builder.anyChannel}
        data={Object.entries(known).map(([one, label]) => ({ value: one, label }))}
        value={value.channel ?? null}
        onChange={(channel) => onChange({ ...value, channel })}
      />
    </>
  );
}

function MessageFields({ value, onChange }: Edit<MessageCondition>) {
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
    <Fields>
      <Choice
        label={w.builder.did}
        words={w.builder.dids}
        value={value.did}
        onChange={(did) => onChange({ ...value, did })}
      />
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
      <AboutFields value={value} onChange={onChange} />
      <WindowInput value={value.window} onChange={(window) => onChange({ ...value, window })} />
    </Fields>
  );
}

function UnopenedFields({ value, onChange }: Edit<Unopened>) {
  const { w } = useSpeech();
  return (
    <Fields>
      <Figure
        label={w.builder.last}
        value={value.last}
        onChange={(last) => onChange({ ...value, last })}
        min={1}
        max={100}
        allowDecimal={false}
      />
      <AboutFields value={value} onChange={onChange} />
    </Fields>
  );
}

function SegmentFields({ value, onChange, own }: Edit<InSegment> & { own: number | undefined }) {
  const { w } = useSpeech();
  const others = useSegments().data?.filter((one) => one.id !== own);
  return (
    <Fields>
      <Pick
        needed
        label={w.builder.segment}
        items={others}
        value={value.segment}
        onChange={(segment) => onChange({ ...value, segment: segment ?? "" })}
      />
    </Fields>
  );
}

function ListFields({ value, onChange }: Edit<OnList>) {
  const { w } = useSpeech();
  return (
    <Fields>
      <Pick
        needed
        label={w.builder.list}
        items={useLists().data}
        value={value.list}
        onChange={(list) => onChange({ ...value, list: list ?? "" })}
      />
    </Fields>
  );
}

/** Whether the app's own is taken where the fact is not known: where a country is compared. */
const hasDefault = ({ name, is }: Fact) => name === "country" && is !== "exists" && is !== "not_exists";

function FactFields({ value, onChange }: Edit<Fact>) {
  const { w } = useSpeech();
  return (
    <Fields>
      <Choice
        label={w.builder.fact}
        words={w.builder.facts}
        value={value.name}
        onChange={(name) =>
          onChange({
            kind: "person",
            name,
            ...(shapeOf(name) === shapeOf(value.name) && ofDevice(name) === ofDevice(value.name)
              ? { is: value.is, value: value.value }
              : beginningOf(name)),
          })
        }
      />
      <TestInput
        key={`${shapeOf(value.name)} ${ofDevice(value.name)}`}
        moves
        only={ofDevice(value.name) ? ["has", ...testsOf[shapeOf(value.name)]] : testsOf[shapeOf(value.name)]}
        text={["text", "version", "list"].includes(shapeOf(value.name))}
        value={value}
        onChange={(test) =>
          onChange({
            kind: "person",
            name: value.name,
            ...(hasDefault({ ...value, ...test }) ? { default: value.default } : {}),
            ...test,
          })
        }
      />
      {hasDefault(value) && (
        <TextInput
          label={w.builder.byDefault}
          placeholder={w.builder.byDefaultHelp}
          maxLength={2}
          value={value.default ?? ""}
          onChange={(change) => onChange({ ...value, default: change.currentTarget.value.toUpperCase() || undefined })}
        />
      )}
    </Fields>
  );
}

/** One test for each row, all of the same device. */
function DeviceFields({ value, onChange }: Edit<Device>) {
  const { w } = useSpeech();
  const facts = Object.fromEntries(deviceFacts.map((one) => [one, w.builder.facts[one] ?? one]));
  return (
    <Tests
      value={value.where}
      onChange={(where) => onChange({ ...value, where })}
      empty={{ name: "os_version", is: ">=", value: "" } as DeviceTest}
      name={(one) => facts[one.name] ?? one.name}
    >
      {(one, put) => (
        <>
          <Choice
            label={w.builder.fact}
            words={facts}
            value={one.name}
            onChange={(name) =>
              put({
                name,
                ...(shapeOf(name) === shapeOf(one.name) ? { is: one.is, value: one.value } : beginnings[shapeOf(name)]),
              })
            }
          />
          <TestInput
            key={shapeOf(one.name)}
            text
            only={testsOf[shapeOf(one.name)].filter((is) => is !== "!=" || shapeOf(one.name) !== "version")}
            value={one}
            onChange={(test) => put({ name: one.name, ...test })}
          />
        </>
      )}
    </Tests>
  );
}

type Shape = "text" | "version" | "moment" | "count" | "number" | "list";
const shapes: Record<string, Shape> = {
  os_version: "version",
  app_version: "version",
  first_seen: "moment",
  last_seen: "moment",
  sessions: "count",
  session_seconds: "number",
  average_session_seconds: "number",
  aliases: "list",
};
/** How a fact is tested, as the server has it. */
const shapeOf = (fact: string): Shape => shapes[fact] ?? "text";
const order = [">=", "<=", "=", ">", "<"];
const known = ["exists", "not_exists"];
const testsOf: Record<Shape, string[]> = {
  text: ["=", "!=", "in", "not_in", ...known, "contains", "starts", "matches"],
  version: [...order, "!=", "between", ...known],
  moment: ["before", "after"],
  count: [...order, "between"],
  number: [...order, "!=", "between", ...known],
  list: ["has"],
};
const beginnings: Record<Shape, { is: string; value: unknown }> = {
  text: { is: "=", value: "" },
  version: { is: ">=", value: "" },
  moment: { is: "after", value: { ago: "30d" } },
  count: { is: ">=", value: 1 },
  number: { is: ">=", value: 60 },
  list: { is: "has", value: "user_id" },
};

/** What `has` asks of all devices of a person, and every other test of the one that was told of last. */
const deviceFacts = ["os", "os_version", "app_version", "device_type", "device_model", "device_manufacturer"];
const ofDevice = (fact: string) => deviceFacts.includes(fact);
const beginningOf = (fact: string) =>
  ofDevice(fact) && shapeOf(fact) === "text" ? { is: "has", value: "" } : beginnings[shapeOf(fact)];

function SubscriptionFields({ value, onChange }: Edit<Subscribed>) {
  const { w } = useSpeech();
  return (
    <Fields>
      <Choice
        label={w.builder.channel}
        words={w.builder.reachable}
        value={value.channel}
        onChange={(channel) => onChange({ ...value, channel })}
      />
      <Choice
        label={w.builder.state}
        words={w.builder.states}
        value={value.state ?? "subscribed"}
        onChange={(state) => onChange({ ...value, state })}
      />
    </Fields>
  );
}

function ConsentFields({ value, onChange }: Edit<Consented>) {
  const { w } = useSpeech();
  return (
    <Fields>
      <Choice
        label={w.builder.channel}
        words={w.builder.reachable}
        value={value.channel}
        onChange={(channel) => onChange({ ...value, channel })}
      />
      <TextInput
        label={w.builder.topic}
        value={value.topic ?? "general"}
        onChange={(change) => onChange({ ...value, topic: change.currentTarget.value })}
        error={useMissing(value.topic)}
      />
      <Choice
        label={w.builder.answer}
        words={w.builder.answers}
        value={value.state ?? "granted"}
        onChange={(state) => onChange({ ...value, state })}
      />
    </Fields>
  );
}

function BucketFields({ value, onChange }: Edit<Bucket>) {
  const { w } = useSpeech();
  return (
    <Fields>
      <Figure
        label={w.builder.fromPercent}
        value={value.from ?? 0}
        onChange={(from) => onChange({ ...value, from })}
        min={0}
        max={100}
      />
      <Figure
        label={w.builder.toPercent}
        value={value.to}
        onChange={(to) => onChange({ ...value, to })}
        min={0}
        max={100}
      />
      <TextInput
        label={w.builder.salt}
        description={w.builder.saltHelp}
        inputWrapperOrder={["label", "input", "description"]}
        value={value.salt ?? "relance"}
        onChange={(change) => onChange({ ...value, salt: change.currentTarget.value })}
        error={useMissing(value.salt)}
      />
    </Fields>
  );
}

export function ConditionFields({ value, onChange, own }: Edit<Condition> & { own: number | undefined }): ReactNode {
  switch (value.kind) {
    case "behaviour":
      return <BehaviourFields value={value} onChange={onChange} />;
    case "trait":
      return <TraitFields value={value} onChange={onChange} />;
    case "sequence":
      return <SequenceFields value={value} onChange={onChange} />;
    case "rhythm":
      return <RhythmFields value={value} onChange={onChange} />;
    case "lifecycle":
      return <LifecycleFields value={value} onChange={onChange} />;
    case "message":
      return <MessageFields value={value} onChange={onChange} />;
    case "unopened":
      return <UnopenedFields value={value} onChange={onChange} />;
    case "segment":
      return <SegmentFields value={value} onChange={onChange} own={own} />;
    case "list":
      return <ListFields value={value} onChange={onChange} />;
    case "person":
      return <FactFields value={value} onChange={onChange} />;
    case "device":
      return <DeviceFields value={value} onChange={onChange} />;
    case "subscription":
      return <SubscriptionFields value={value} onChange={onChange} />;
    case "consent":
      return <ConsentFields value={value} onChange={onChange} />;
    case "place":
      return <AreaFields value={value} onChange={onChange} />;
    case "entered":
      return <EnteredFields value={value} onChange={onChange} />;
    case "bucket":
      return <BucketFields value={value} onChange={onChange} />;
  }
}
