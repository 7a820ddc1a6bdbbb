/** The inputs that conditions are put together from: choices, events, properties, numbers, lengths. */
import { Autocomplete, Box, Group, NumberInput, Select, SimpleGrid, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { createContext, type ReactNode, useContext, useState } from "react";
import type { Condition, KindForm, Step } from "../api/types";
import { useSpeech } from "../words/words";
import { useEventNames, useProperties, useValues } from "./queries";

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

export const options = (words: Record<string, string>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }));

export function Choice({
  label,
  words,
  value,
  onChange,
}: Edit<string> & { label: string; words: Record<string, string> }) {
  return (
    <Select
      label={label}
      data={options(words)}
      value={value}
      onChange={(next) => onChange(next ?? value)}
      allowDeselect={false}
    />
  );
}

/** Says so once somebody has stopped typing a name that has not arrived yet: it may be misspelt. */
function Unseen({ text }: { text: string | false }) {
  const [settled] = useDebouncedValue(text, 700);
  return (
    <Text size="xs" mt={4} c="var(--doubt-text)" role="status">
      {settled === text && text}
    </Text>
  );
}

export function EventInput({ value, onChange, label }: Edit<string> & { label?: string }) {
  const { w } = useSpeech();
  const [typed] = useDebouncedValue(value, 200);
  const names = useEventNames(typed);
  const data = [...new Set(names.data?.map((one) => one.name).filter(Boolean) ?? [])];
  const isUnseen =
    names.data !== undefined &&
    !names.isPlaceholderData &&
    typed === value &&
    data.length < 200 &&
    value.trim() !== "" &&
    !data.includes(value) &&
    w.happened[value] === undefined;
  return (
    <Box>
      <Autocomplete
        label={label ?? w.builder.event}
        placeholder="Order Completed"
        data={data}
        limit={50}
        value={value}
        onChange={onChange}
        error={useMissing(value, w.segments.noEventName)}
      />
      <Unseen text={isUnseen && w.saw.unseenEvent(value)} />
    </Box>
  );
}

/**
 * What the inputs around are about, so that they can suggest what arrived: an event (null: people), and one of its
 * properties.
 */
type Subject = { event: string | null; property: string } | null;
export const About = createContext<Subject>(null);

/** What a condition's own inputs are about: the trait that it tests, or the event that it names first. */
export function subjectOf(condition: Condition, { fields }: KindForm): Subject {
  const about = fields.find((one) => ["trait", "event", "happens"].includes(one.role));
  const named = about && condition[about.name];
  if (about === undefined) return null;
  if (about.role === "trait") return { event: null, property: String(named) };
  return { event: about.role === "event" ? String(named) : (named as Step).event, property: "" };
}

/** Whether there is somebody to ask about. */
const isKnown = (about: Subject) => about !== null && about.event !== "";

export function PropertyInput({
  value,
  onChange,
  label,
  optional = false,
}: Edit<string> & { label?: string; optional?: boolean }) {
  const { w } = useSpeech();
  const missing = useMissing(value);
  const about = useContext(About);
  const arrived = useProperties(about?.event, isKnown(about)).data;
  const found = arrived ?? [];
  const isUnseen =
    arrived !== undefined &&
    arrived.length > 0 &&
    value.trim() !== "" &&
    !found.some((one) => one.name === value || one.name.startsWith(`${value}.`));
  const kinds = new Map(
    found.map((one) => [one.name, one.kinds.map((kind) => w.builder.valueKinds[kind] ?? kind).join(", ")]),
  );
  return (
    <Box>
      <Autocomplete
        label={label ?? w.builder.property}
        data={found.map((one) => one.name)}
        limit={50}
        value={value}
        onChange={onChange}
        error={optional ? undefined : missing}
        placeholder={optional ? w.builder.whenEmpty.on : undefined}
        renderOption={({ option }) => (
          <Group justify="space-between" wrap="nowrap" gap="md" w="100%">
            <Text size="sm">{option.value}</Text>
            <Text size="xs" c="dimmed">
              {kinds.get(option.value)}
            </Text>
          </Group>
        )}
      />
      <Unseen text={isUnseen && (about?.event ? w.saw.unseenProperty(value) : w.saw.unseenTrait(value))} />
    </Box>
  );
}

/** The values that arrived of the property around, the most frequent first. */
export function useSuggested(): unknown[] {
  const about = useContext(About);
  return useValues(about?.event, about?.property ?? "", isKnown(about)).data?.map((one) => one.value) ?? [];
}

export function Figure({
  value,
  onChange,
  label,
  ...rest
}: Edit<number | ""> & { label: string; min?: number; max?: number; allowDecimal?: boolean; suffix?: string }) {
  return (
    <NumberInput
      label={label}
      value={value}
      onChange={(next) =>
        onChange(typeof next === "number" ? next : next === "" || Number.isNaN(Number(next)) ? "" : Number(next))
      }
      error={useMissing(value)}
      {...rest}
    />
  );
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
      <NumberInput
        label={label}
        min={1}
        allowDecimal={false}
        value={value === "" ? "" : Number.parseInt(value, 10)}
        onChange={(next) => put(next, unit)}
        error={useMissing(value)}
        style={{ flex: 1, minWidth: 72 }}
      />
      <Select
        aria-label={`${label}: ${w.builder.unit}`}
        mt={25}
        data={options(w.builder.units)}
        value={unit}
        onChange={(next) => put(value === "" ? "" : Number.parseInt(value, 10), next ?? unit)}
        allowDeselect={false}
        style={{ flex: 1.2, minWidth: 104 }}
      />
    </Group>
  );
}
