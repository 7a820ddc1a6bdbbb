/**
 * The fields of a condition: which a kind has, and in which order, the server says; here is what each role is filled in
 * with.
 */
import { Select, Stack, TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import type {
  Area,
  Behaviour,
  Condition,
  Device,
  Fact,
  FieldForm,
  KindForm,
  Lifecycle,
  MessageCondition,
  Role,
  Step,
  Trait,
  Where,
  Window,
} from "../api/types";
import { useJourneys } from "../journeys/queries";
import { useMessages } from "../messages/queries";
import type { Words } from "../words/en";
import { useSpeech } from "../words/words";
import { AmountFields, CountFields } from "./amounts";
import { DeviceFields, FactFields } from "./facts";
import { grouped } from "./fields";
import { Choice, type Edit, EventInput, Fields, Figure, LengthInput, PropertyInput, useMissing } from "./inputs";
import { AreaFields } from "./places";
import { useLists, useSegments } from "./queries";
import { StepInput, TestInput, WhereInput } from "./tested";
import { recurring, WindowInput, shapeOf as windowShapeOf } from "./times";

/** What a habit has come to; but for the first time it takes a window that has another before it. */
function StageFields({ value, onChange }: Edit<Lifecycle>) {
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
    <>
      <Choice label={w.builder.stage} words={w.builder.stages} value={value.stage} onChange={become} />
      <WindowInput
        only={offered(value.stage)}
        value={value.window}
        onChange={(window) => window && onChange({ ...value, window })}
      />
    </>
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

/** A field of a condition, or several that are filled in together: the first of them. `own`: the segment being edited. */
type Filling = Edit<Condition> & { field: FieldForm; names: string[]; own: number | undefined };

/** The words for a field: its own in this kind, before those that all kinds share. */
const wordsOf = <T,>(all: Record<string, T>, { kind }: Condition, { name }: FieldForm): T | undefined =>
  all[`${kind}.${name}`] ?? all[name];
const labelOf = (w: Words, { value, field }: Filling) => wordsOf(w.builder.fields, value, field) ?? field.name;
const held = ({ value, field }: Filling): unknown => value[field.name] ?? field.default;
const put = ({ value, field, onChange }: Filling, next: unknown) => onChange({ ...value, [field.name]: next });

function TextField(filling: Filling) {
  const { w } = useSpeech();
  const text = String(held(filling) ?? "");
  return (
    <TextInput
      label={labelOf(w, filling)}
      description={w.builder.fieldHelp[filling.field.name]}
      inputWrapperOrder={["label", "input", "description", "error"]}
      value={text}
      onChange={(change) => put(filling, change.currentTarget.value)}
      error={useMissing(text)}
    />
  );
}

function NumberField(filling: Filling) {
  const { w } = useSpeech();
  const { role, minimum, maximum } = filling.field;
  return (
    <Figure
      label={labelOf(w, filling)}
      value={(held(filling) ?? "") as number | ""}
      onChange={(next) => put(filling, next)}
      min={minimum ?? undefined}
      max={maximum ?? undefined}
      allowDecimal={role !== "whole"}
    />
  );
}

function SwitchField(filling: Filling) {
  const { w } = useSpeech();
  const words = wordsOf(w.builder.choices, filling.value, filling.field) ?? {};
  return (
    <Choice
      label={labelOf(w, filling)}
      words={words}
      value={held(filling) ? "yes" : "no"}
      onChange={(next) => put(filling, next === "yes")}
    />
  );
}

function ChoiceField(filling: Filling) {
  const { w } = useSpeech();
  const words = wordsOf(w.builder.choices, filling.value, filling.field) ?? {};
  const offered = Object.fromEntries(filling.field.choices.map((one) => [one, words[one] ?? one]));
  return (
    <Choice
      label={labelOf(w, filling)}
      words={offered}
      value={String(held(filling) ?? "")}
      onChange={(next) => put(filling, next)}
    />
  );
}

/** One of the app's messages, journeys, segments or lists, by its id. */
function IdField({ items, ...filling }: Filling & { items: Named[] | undefined }) {
  const { w } = useSpeech();
  const needed = filling.field.required;
  return (
    <Pick
      needed={needed}
      label={labelOf(w, filling)}
      placeholder={w.builder.whenEmpty[filling.field.name]}
      items={items}
      value={filling.value[filling.field.name] as number | "" | null | undefined}
      onChange={(next) => put(filling, next || (needed ? "" : null))}
    />
  );
}

function ChannelField(filling: Filling) {
  const { w } = useSpeech();
  const channel = held(filling) as string | null;
  const channels = w.messages.channel;
  const known = channel && !(channel in channels) ? { ...channels, [channel]: channel } : channels;
  return (
    <Select
      clearable
      label={labelOf(w, filling)}
      placeholder={w.builder.whenEmpty[filling.field.name]}
      data={Object.entries(known).map(([value, label]) => ({ value, label }))}
      value={channel}
      onChange={(next) => put(filling, next)}
    />
  );
}

function PropertyField(filling: Filling) {
  const { w } = useSpeech();
  const optional = !filling.field.required;
  return (
    <PropertyInput
      optional={optional}
      label={labelOf(w, filling)}
      value={String(held(filling) ?? "")}
      onChange={(next) => put(filling, optional && next === "" ? null : next)}
    />
  );
}

/** A test takes the place of what was there before: another operator has no use for its value. */
function TestFields({ value, onChange, names }: Filling) {
  const others = Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
  return (
    <TestInput moves value={value as Trait} onChange={(test) => onChange({ ...others, kind: value.kind, ...test })} />
  );
}

const controls: Partial<Record<Role, (filling: Filling) => ReactNode>> = {
  text: TextField,
  number: NumberField,
  whole: NumberField,
  switch: SwitchField,
  choice: ChoiceField,
  channel: ChannelField,
  property: PropertyField,
  test: TestFields,
  event: (filling) => <EventInput value={String(held(filling) ?? "")} onChange={(next) => put(filling, next)} />,
  trait: function TraitField(filling) {
    const { w } = useSpeech();
    return (
      <PropertyInput
        label={w.builder.trait}
        value={String(held(filling) ?? "")}
        onChange={(next) => put(filling, next)}
      />
    );
  },
  length: function LengthField(filling) {
    const { w } = useSpeech();
    return (
      <LengthInput
        label={labelOf(w, filling)}
        value={String(held(filling) ?? "")}
        onChange={(next) => put(filling, next)}
      />
    );
  },
  window: (filling) => <WindowInput value={held(filling) as Window | null} onChange={(next) => put(filling, next)} />,
  predicates: (filling) => (
    <WhereInput value={filling.value.where as Where[] | undefined} onChange={(next) => put(filling, next)} />
  ),
  happens: function HappensField(filling) {
    const { w } = useSpeech();
    return (
      <StepInput label={labelOf(w, filling)} value={held(filling) as Step} onChange={(next) => put(filling, next)} />
    );
  },
  message: function MessageField(filling) {
    return <IdField {...filling} items={useMessages().data?.filter((one) => one.archived_at === null)} />;
  },
  journey: function JourneyField(filling) {
    return <IdField {...filling} items={useJourneys().data?.filter((one) => one.state !== "archived")} />;
  },
  segment: function SegmentField(filling) {
    return <IdField {...filling} items={useSegments().data?.filter((one) => one.id !== filling.own)} />;
  },
  list: function ListField(filling) {
    return <IdField {...filling} items={useLists().data} />;
  },
  amount: ({ value, onChange }) => <AmountFields value={value as Behaviour} onChange={onChange} />,
  count: ({ value, onChange }) => <CountFields value={value as MessageCondition} onChange={onChange} />,
  stage: ({ value, onChange }) => <StageFields value={value as Lifecycle} onChange={onChange} />,
  fact: ({ value, onChange }) => <FactFields value={value as Fact} onChange={onChange} />,
  device: ({ value, onChange }) => <DeviceFields value={value as Device} onChange={onChange} />,
  area: ({ value, onChange }) => <AreaFields value={value as Area & Condition} onChange={onChange} />,
};

/** What has not room beside another. */
const wide: Role[] = ["predicates", "happens", "device", "area"];

export function ConditionFields({
  form,
  value,
  onChange,
  own,
}: Edit<Condition> & { form: KindForm; own: number | undefined }): ReactNode {
  const drawn = (fields: FieldForm[]) => {
    const [field] = fields;
    const Control = field && controls[field.role];
    return (
      Control && (
        <Control key={field.name} field={field} names={fields.map((one) => one.name)} {...{ value, onChange, own }} />
      )
    );
  };
  return (
    <Stack gap="sm">
      {grouped(form.fields, wide).map((row) =>
        row.wide ? row.groups.map(drawn) : <Fields key={row.groups[0]?.[0]?.name}>{row.groups.map(drawn)}</Fields>,
      )}
    </Stack>
  );
}
