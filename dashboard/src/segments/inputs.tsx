/** The inputs that conditions are put together from: events, lengths, moments, windows, numbers, tests of properties. */
import { ActionIcon, Autocomplete, Box, Button, Group, NumberInput, Select, SimpleGrid, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { createContext, useContext, useState, type ReactNode } from "react";
import type { Moment, Step, Where, Window } from "../api/types";
import { useSpeech } from "../words/words";
import { useEventNames } from "./queries";

/** Whether saving was tried, so that what is missing says so. */
export const Tried = createContext(false);

export type Edit<T> = { value: T; onChange: (next: T) => void };

export function useMissing(value: unknown, text?: string): string | undefined {
  const { w } = useSpeech();
  return useContext(Tried) && value === "" ? (text ?? w.builder.fill) : undefined;
}

/** Fields side by side where there is room. */
export function Fields({ children }: { children: ReactNode }) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm" verticalSpacing="sm" style={{ alignItems: "start" }}>
      {children}
    </SimpleGrid>
  );
}

export const options = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }));

export function Choice({ label, words, value, onChange }: Edit<string> & { label: string; words: Record<string, string> }) {
  return <Select label={label} data={options(words)} value={value} onChange={(next) => onChange(next ?? value)} allowDeselect={false} />;
}

export function EventInput({ value, onChange, label }: Edit<string> & { label?: string }) {
  const { w } = useSpeech();
  const names = useEventNames();
  const data = [...new Set(names.data?.map((one) => one.name).filter(Boolean) ?? [])];
  return <Autocomplete label={label ?? w.builder.event} placeholder="Order Completed" data={data} limit={50} value={value} onChange={onChange} error={useMissing(value, w.segments.noEventName)} />;
}

export function PropertyInput({ value, onChange, label, optional = false }: Edit<string> & { label?: string; optional?: boolean }) {
  const { w } = useSpeech();
  const missing = useMissing(value);
  return <TextInput label={label ?? w.builder.property} value={value} onChange={(change) => onChange(change.currentTarget.value)} error={optional ? undefined : missing} placeholder={optional ? w.builder.onHelp : undefined} />;
}

export function Figure({ value, onChange, label, ...rest }: Edit<number | ""> & { label: string; min?: number; max?: number; allowDecimal?: boolean; suffix?: string }) {
  return <NumberInput label={label} value={value} onChange={(next) => onChange(typeof next === "number" ? next : next === "" || Number.isNaN(Number(next)) ? "" : Number(next))} error={useMissing(value)} {...rest} />;
}

/** "30d", in two inputs; an empty text while there is no number. */
export function LengthInput({ value, onChange, label }: Edit<string> & { label: string }) {
  const { w } = useSpeech();
  const [unit, setUnit] = useState(value.slice(-1) || "d");
  const put = (number: number | string, next: string) => {
    setUnit(next);
    onChange(number === "" ? "" : `${number}${next}`);
  };
  return (
    <Group gap={6} wrap="nowrap" align="flex-start" role="group" aria-label={label}>
      <NumberInput label={label} min={1} allowDecimal={false} value={value === "" ? "" : Number.parseInt(value, 10)} onChange={(next) => put(next, unit)} error={useMissing(value)} style={{ flex: 1, minWidth: 72 }} />
      <Select aria-label={`${label}: ${w.builder.unit}`} mt={25} data={options(w.builder.units)} value={unit} onChange={(next) => put(value === "" ? "" : Number.parseInt(value, 10), next ?? unit)} allowDeselect={false} style={{ flex: 1.2, minWidth: 104 }} />
    </Group>
  );
}

const today = () => new Date().toISOString().slice(0, 10);

function DateInput({ value, onChange, label }: Edit<string> & { label: string }) {
  // A date and time, as the API also takes them, stays a text.
  const type = value === "" || /^\d{4}-\d{2}-\d{2}$/.test(value) ? "date" : "text";
  return <TextInput type={type} label={label} value={value} onChange={(change) => onChange(change.currentTarget.value)} error={useMissing(value)} />;
}

export function MomentInput({ value, onChange, label, moves = true }: Edit<Moment> & { label: string; moves?: boolean }) {
  const { w } = useSpeech();
  if (!moves) return <DateInput label={label} value={typeof value === "string" ? value : ""} onChange={onChange} />;
  const shape = typeof value === "string" ? "date" : "ago" in value ? "ago" : "in";
  const length = typeof value === "string" ? "30d" : "ago" in value ? value.ago : value.in;
  const become = (next: string) => onChange(next === "date" ? today() : next === "ago" ? { ago: length } : { in: length });
  return (
    <>
      <Choice label={label} words={w.builder.moments} value={shape} onChange={become} />
      {shape === "date" ? <DateInput label={w.builder.date} value={value as string} onChange={onChange} /> : <LengthInput label={w.builder.length} value={length} onChange={(next) => onChange(shape === "ago" ? { ago: next } : { in: next })} />}
    </>
  );
}

const zones = Intl.supportedValuesOf("timeZone");

export function ZoneInput({ value, onChange }: Edit<string | null | undefined>) {
  const { w } = useSpeech();
  return <Autocomplete label={w.builder.zone} placeholder={w.builder.zoneHelp} data={zones} limit={40} value={value ?? ""} onChange={(next) => onChange(next === "" ? null : next)} />;
}

const shapeOf = (window: Window | null | undefined) => {
  if (!window) return "ever";
  return "last" in window ? "last" : "ago" in window ? "ago" : "calendar" in window ? "calendar" : "after_first" in window ? "after_first" : "dates";
};
const beginnings: Record<string, () => Window | null> = {
  ever: () => null, last: () => ({ last: "30d" }), ago: () => ({ ago: ["60d", "30d"] }), calendar: () => ({ calendar: "this_month" }), dates: () => ({ from: today() }), after_first: () => ({ after_first: "7d" }),
};

export function WindowInput({ value, onChange }: Edit<Window | null | undefined>) {
  const { w } = useSpeech();
  return (
    <>
      <Choice label={w.builder.window} words={w.builder.windows} value={shapeOf(value)} onChange={(next) => onChange(beginnings[next]?.() ?? null)} />
      {value && "last" in value && <LengthInput label={w.builder.length} value={value.last} onChange={(last) => onChange({ last })} />}
      {value && "after_first" in value && <LengthInput label={w.builder.length} value={value.after_first} onChange={(after_first) => onChange({ after_first })} />}
      {value && "ago" in value && (
        <>
          <LengthInput label={w.builder.longest} value={value.ago[0]} onChange={(longer) => onChange({ ago: [longer, value.ago[1]] })} />
          <LengthInput label={w.builder.shortest} value={value.ago[1]} onChange={(shorter) => onChange({ ago: [value.ago[0], shorter] })} />
        </>
      )}
      {value && "calendar" in value && (
        <>
          <Choice label={w.builder.period} words={w.builder.calendar} value={value.calendar} onChange={(calendar) => onChange({ ...value, calendar })} />
          <ZoneInput value={value.zone} onChange={(zone) => onChange({ ...value, zone })} />
        </>
      )}
      {value && shapeOf(value) === "dates" && <DatesInput value={value as Dates} onChange={onChange} />}
    </>
  );
}

type Dates = { from?: string | null; to?: string | null; zone?: string | null };

/** Either end may stay open, but not both. */
function DatesInput({ value, onChange }: Edit<Dates>) {
  const { w } = useSpeech();
  const put = (next: Dates) => onChange(next.from || next.to ? Object.fromEntries(Object.entries(next).filter(([, one]) => one)) : { from: "" });
  return (
    <>
      <TextInput type="date" label={w.builder.fromDate} value={value.from?.slice(0, 10) ?? ""} onChange={(change) => put({ ...value, from: change.currentTarget.value })} error={useMissing(value.from)} />
      <TextInput type="date" label={w.builder.toDate} value={value.to?.slice(0, 10) ?? ""} onChange={(change) => put({ ...value, to: change.currentTarget.value })} />
      <ZoneInput value={value.zone} onChange={(zone) => put({ ...value, zone })} />
    </>
  );
}

/** A value as people write it: 5 is a number, true is true, "5" in quotation marks and anything else is text. */
function read(text: string): unknown {
  if (!/^(-?\d+(\.\d+)?|true|false|".*")$/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const shown = (value: unknown) => (typeof value === "string" && read(value) === value ? value : value === "" || value === undefined || value === null ? "" : JSON.stringify(value));

/** What is typed stays as it is typed: "5." must not turn into 5 under the hand. */
function ValueInput({ value, onChange, plain }: Edit<unknown> & { plain: boolean }) {
  const { w } = useSpeech();
  const [text, setText] = useState(() => (plain ? String(value ?? "") : shown(value)));
  const put = (next: string) => {
    setText(next);
    onChange(plain ? next : read(next));
  };
  return <TextInput label={w.builder.value} placeholder={plain ? undefined : w.builder.valueHelp} value={text} onChange={(change) => put(change.currentTarget.value)} error={useMissing(text)} />;
}

const plainText = ["contains", "starts", "matches", "version_from", "version_below"];
const shapes: Record<string, string> = { exists: "none", not_exists: "none", in: "list", not_in: "list", between: "pair", before: "moment", after: "moment" };
const shapeOfTest = (is: string) => shapes[is] ?? (plainText.includes(is) ? "text" : "value");
const emptyOf = (shape: string, moves: boolean): unknown => (shape === "none" ? undefined : shape === "list" ? [] : shape === "pair" ? ["", ""] : shape === "moment" ? (moves ? { ago: "30d" } : today()) : "");

type Tested = { is: string; value?: unknown };

/** The operator and what it compares with. */
export function TestInput({ value: test, onChange, moves = false }: Edit<Tested> & { moves?: boolean }) {
  const { w } = useSpeech();
  const shape = shapeOfTest(test.is);
  const become = (is: string) => onChange({ is, value: shapeOfTest(is) === shape ? test.value : emptyOf(shapeOfTest(is), moves) });
  const put = (value: unknown) => onChange({ is: test.is, value });
  const pair = Array.isArray(test.value) ? (test.value as (number | "")[]) : [];
  return (
    <>
      <Choice label={w.builder.is} words={w.rule.is} value={test.is} onChange={become} />
      {(shape === "value" || shape === "text") && <ValueInput key={shape} plain={shape === "text"} value={test.value} onChange={put} />}
      {shape === "list" && <ListInput value={pair as unknown[]} onChange={put} />}
      {shape === "pair" && (
        <>
          <Figure label={w.builder.from} value={pair[0] ?? ""} onChange={(low) => put([low, pair[1] ?? ""])} />
          <Figure label={w.builder.to} value={pair[1] ?? ""} onChange={(high) => put([pair[0] ?? "", high])} />
        </>
      )}
      {shape === "moment" && <MomentInput label={w.builder.moment} moves={moves} value={(test.value as Moment | undefined) ?? ""} onChange={put} />}
    </>
  );
}

function ListInput({ value, onChange }: Edit<unknown[]>) {
  const { w } = useSpeech();
  return <TagsInput label={w.builder.value} placeholder={w.builder.listHelp} value={value.map(shown)} onChange={(texts) => onChange(texts.map(read))} error={useMissing(value.length === 0 ? "" : value)} />;
}

/** Tests of an event's properties, all of which must pass. */
export function WhereInput({ value = [], onChange }: Edit<Where[] | undefined>) {
  const { w } = useSpeech();
  const [keys, setKeys] = useState(() => value.map((_, place) => place)); // what is typed stays with its test when one above goes
  const put = (place: number, next: Where) => onChange(value.map((one, other) => (other === place ? next : one)));
  const remove = (place: number) => {
    setKeys(keys.filter((_, other) => other !== place));
    onChange(value.filter((_, other) => other !== place));
  };
  const add = () => {
    setKeys([...keys, Math.max(-1, ...keys) + 1]);
    onChange([...value, { property: "", is: "=", value: "" }]);
  };
  return (
    <Stack gap="xs">
      {value.map((one, place) => (
        <Box key={keys[place]} role="group" aria-label={`${w.builder.where} ${place + 1}`} pl="sm" style={{ borderLeft: "3px solid var(--line)" }}>
          <Group justify="space-between" wrap="nowrap" mb={2}>
            <Text size="sm" c="dimmed">{w.builder.where}</Text>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`${w.builder.removeWhere} ${one.property}`} onClick={() => remove(place)}>
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Group>
          <Fields>
            <PropertyInput value={one.property} onChange={(property) => put(place, { ...one, property })} />
            <TestInput value={one} onChange={(test) => put(place, { property: one.property, ...test })} />
          </Fields>
        </Box>
      ))}
      <Group>
        <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={14} aria-hidden />} onClick={add}>
          {w.builder.addWhere}
        </Button>
      </Group>
    </Stack>
  );
}

/** An event and what its properties must be. */
export function StepInput({ value, onChange, label }: Edit<Step> & { label: string }) {
  return (
    <Stack gap="xs">
      <Fields>
        <EventInput label={label} value={value.event} onChange={(event) => onChange({ ...value, event })} />
      </Fields>
      <WhereInput value={value.where} onChange={(where) => onChange({ ...value, where })} />
    </Stack>
  );
}
