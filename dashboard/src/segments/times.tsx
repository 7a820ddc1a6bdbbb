/** Inputs of moments and windows. */
import { Autocomplete, TextInput } from "@mantine/core";
import type { Moment, Window } from "../api/types";
import { useSpeech } from "../words/words";
import { Choice, type Edit, LengthInput, useMissing } from "./inputs";

export const today = () => new Date().toISOString().slice(0, 10);

function DateInput({ value, onChange, label }: Edit<string> & { label: string }) {
  // A date and time, as the API also takes them, stays a text.
  const type = value === "" || /^\d{4}-\d{2}-\d{2}$/.test(value) ? "date" : "text";
  return (
    <TextInput
      type={type}
      label={label}
      value={value}
      onChange={(change) => onChange(change.currentTarget.value)}
      error={useMissing(value)}
    />
  );
}

export function MomentInput({
  value,
  onChange,
  label,
  moves = true,
}: Edit<Moment> & { label: string; moves?: boolean }) {
  const { w } = useSpeech();
  if (!moves) return <DateInput label={label} value={typeof value === "string" ? value : ""} onChange={onChange} />;
  const shape = typeof value === "string" ? "date" : "ago" in value ? "ago" : "in";
  const length = typeof value === "string" ? "30d" : "ago" in value ? value.ago : value.in;
  const become = (next: string) =>
    onChange(next === "date" ? today() : next === "ago" ? { ago: length } : { in: length });
  return (
    <>
      <Choice label={label} words={w.builder.moments} value={shape} onChange={become} />
      {shape === "date" ? (
        <DateInput label={w.builder.date} value={value as string} onChange={onChange} />
      ) : (
        <LengthInput
          label={w.builder.length}
          value={length}
          onChange={(next) => onChange(shape === "ago" ? { ago: next } : { in: next })}
        />
      )}
    </>
  );
}

const zones = ["person", ...Intl.supportedValuesOf("timeZone")];

export function ZoneInput({ value, onChange }: Edit<string | null | undefined>) {
  const { w } = useSpeech();
  return (
    <Autocomplete
      label={w.builder.zone}
      placeholder={w.builder.zoneHelp}
      description={value?.startsWith("person") ? w.builder.zoneOwn : undefined}
      inputWrapperOrder={["label", "input", "description", "error"]}
      data={zones}
      limit={40}
      value={value ?? ""}
      onChange={(next) => onChange(next === "" ? null : next)}
    />
  );
}

/** The windows that have another of their kind before them. */
export const recurring = ["last", "calendar"];

export const shapeOf = (window: Window | null | undefined) => {
  if (!window) return "ever";
  return "last" in window
    ? "last"
    : "ago" in window
      ? "ago"
      : "calendar" in window
        ? "calendar"
        : "after_first" in window
          ? "after_first"
          : "dates";
};
const beginnings: Record<string, () => Window | null> = {
  ever: () => null,
  last: () => ({ last: "30d" }),
  ago: () => ({ ago: ["60d", "30d"] }),
  calendar: () => ({ calendar: "this_month" }),
  dates: () => ({ from: today() }),
  after_first: () => ({ after_first: "7d" }),
};

export function WindowInput({ value, onChange, only }: Edit<Window | null | undefined> & { only?: string[] }) {
  const { w } = useSpeech();
  const words = only
    ? Object.fromEntries(Object.entries(w.builder.windows).filter(([shape]) => only.includes(shape)))
    : w.builder.windows;
  return (
    <>
      <Choice
        label={w.builder.window}
        words={words}
        value={shapeOf(value)}
        onChange={(next) => onChange(beginnings[next]?.() ?? null)}
      />
      {value && "last" in value && (
        <LengthInput label={w.builder.length} value={value.last} onChange={(last) => onChange({ last })} />
      )}
      {value && "after_first" in value && (
        <LengthInput
          label={w.builder.length}
          value={value.after_first}
          onChange={(after_first) => onChange({ after_first })}
        />
      )}
      {value && "ago" in value && (
        <>
          <LengthInput
            label={w.builder.longest}
            value={value.ago[0]}
            onChange={(longer) => onChange({ ago: [longer, value.ago[1]] })}
          />
          <LengthInput
            label={w.builder.shortest}
            value={value.ago[1]}
            onChange={(shorter) => onChange({ ago: [value.ago[0], shorter] })}
          />
        </>
      )}
      {value && "calendar" in value && (
        <>
          <Choice
            label={w.builder.period}
            words={w.builder.calendar}
            value={value.calendar}
            onChange={(calendar) => onChange({ ...value, calendar })}
          />
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
  const put = (next: Dates) =>
    onChange(next.from || next.to ? Object.fromEntries(Object.entries(next).filter(([, one]) => one)) : { from: "" });
  return (
    <>
      <TextInput
        type="date"
        label={w.builder.fromDate}
        value={value.from?.slice(0, 10) ?? ""}
        onChange={(change) => put({ ...value, from: change.currentTarget.value })}
        error={useMissing(value.from)}
      />
      <TextInput
        type="date"
        label={w.builder.toDate}
        value={value.to?.slice(0, 10) ?? ""}
        onChange={(change) => put({ ...value, to: change.currentTarget.value })}
      />
      <ZoneInput value={value.zone} onChange={(zone) => put({ ...value, zone })} />
    </>
  );
}
