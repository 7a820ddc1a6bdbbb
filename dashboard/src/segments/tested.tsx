/** Inputs of tests: an operator, what it compares with, and events with what their properties must be. */
import { ActionIcon, Autocomplete, Box, Button, Group, Stack, TagsInput, Text, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { type ReactNode, useContext, useState } from "react";
import type { Moment, Step, Where } from "../api/types";
import { useSpeech } from "../words/words";
import {
  About,
  Choice,
  type Edit,
  EventInput,
  Fields,
  Figure,
  PropertyInput,
  useMissing,
  useSuggested,
} from "./inputs";
import { MomentInput, today } from "./times";

/** A value as people write it: 5 is a number, true is true, "5" in quotation marks and anything else is text. */
function read(text: string): unknown {
  if (!/^(-?\d+(\.\d+)?|true|false|".*")$/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const shown = (value: unknown) =>
  typeof value === "string" && read(value) === value
    ? value
    : value === "" || value === undefined || value === null
      ? ""
      : JSON.stringify(value);

/** What is typed stays as it is typed: "5." must not turn into 5 under the hand. */
function ValueInput({ value, onChange, plain }: Edit<unknown> & { plain: boolean }) {
  const { w } = useSpeech();
  const [text, setText] = useState(() => (plain ? String(value ?? "") : shown(value)));
  const put = (next: string) => {
    setText(next);
    onChange(plain ? next : read(next));
  };
  const seen = [...new Set(useSuggested().map((one) => (plain ? String(one) : shown(one))))];
  return (
    <Autocomplete
      label={w.builder.value}
      placeholder={plain ? undefined : w.builder.valueHelp}
      data={seen}
      limit={50}
      value={text}
      onChange={put}
      error={useMissing(text)}
    />
  );
}

const plainText = [
  "contains",
  "starts",
  "matches",
  "version_from",
  "version_below",
  "version_is",
  "version_above",
  "version_to",
];
const shapes: Record<string, string> = {
  exists: "none",
  not_exists: "none",
  in: "list",
  not_in: "list",
  between: "pair",
  before: "moment",
  after: "moment",
  has_where: "items",
};
const shapeOfTest = (is: string) => shapes[is] ?? (plainText.includes(is) ? "text" : "value");
const emptyOf = (shape: string, moves: boolean): unknown =>
  shape === "none"
    ? undefined
    : shape === "list"
      ? []
      : shape === "pair"
        ? ["", ""]
        : shape === "moment"
          ? moves
            ? { ago: "30d" }
            : today()
          : "";

type Tested = { is: string; value?: unknown; where?: Where[] };

/** `has` with tests of an object in the list, as a choice of its own. */
const OF_LIST = "has_where";
const choiceOf = (test: Tested) => (test.where === undefined ? test.is : OF_LIST);

/**
 * The operator and what it compares with; `only` names the operators there are, `text` says that values are never
 * numbers.
 */
export function TestInput({
  value: test,
  onChange,
  moves = false,
  only,
  text = false,
  inside = false,
}: Edit<Tested> & { moves?: boolean; only?: string[]; text?: boolean; inside?: boolean }) {
  const { w } = useSpeech();
  const shape = shapeOfTest(choiceOf(test));
  const become = (is: string) =>
    onChange(
      is === OF_LIST
        ? { is: "has", where: [{ property: "", is: "=", value: "" }] }
        : { is, value: shapeOfTest(is) === shape ? test.value : emptyOf(shapeOfTest(is), moves) },
    );
  const put = (value: unknown) => onChange({ is: test.is, value });
  const pair = Array.isArray(test.value) ? (test.value as (number | "")[]) : [];
  return (
    <>
      <Choice
        label={w.builder.is}
        words={
          only
            ? Object.fromEntries(only.map((one) => [one, w.rule.is[one] ?? one]))
            : Object.fromEntries(Object.entries(w.rule.is).filter(([one]) => !inside || one !== OF_LIST))
        }
        value={choiceOf(test)}
        onChange={become}
      />
      {(shape === "value" || shape === "text") && (
        <ValueInput key={shape} plain={text || shape === "text"} value={test.value} onChange={put} />
      )}
      {shape === "list" && <ListInput value={pair as unknown[]} onChange={put} />}
      {shape === "items" && <ItemTests value={test.where ?? []} onChange={(where) => onChange({ is: "has", where })} />}
      {shape === "pair" && text && (
        <>
          <TextInput
            label={w.builder.from}
            value={String(pair[0] ?? "")}
            onChange={(change) => put([change.currentTarget.value, pair[1] ?? ""])}
          />
          <TextInput
            label={w.builder.to}
            value={String(pair[1] ?? "")}
            onChange={(change) => put([pair[0] ?? "", change.currentTarget.value])}
          />
        </>
      )}
      {shape === "pair" && !text && (
        <>
          <Figure label={w.builder.from} value={pair[0] ?? ""} onChange={(low) => put([low, pair[1] ?? ""])} />
          <Figure label={w.builder.to} value={pair[1] ?? ""} onChange={(high) => put([pair[0] ?? "", high])} />
        </>
      )}
      {shape === "moment" && (
        <MomentInput
          label={w.builder.moment}
          moves={moves}
          value={(test.value as Moment | undefined) ?? ""}
          onChange={put}
        />
      )}
    </>
  );
}

/** What one object of the list must be: it has names of its own, so that nothing is suggested. */
function ItemTests({ value, onChange }: Edit<Where[]>) {
  const { w } = useSpeech();
  return (
    <Box role="group" aria-label={w.builder.ofItem} style={{ gridColumn: "1 / -1" }}>
      <Text size="sm" c="dimmed" mb={4}>
        {w.builder.ofItem}
      </Text>
      <About value={null}>
        <WhereInput inside value={value} onChange={(where) => onChange(where ?? [])} />
      </About>
    </Box>
  );
}

function ListInput({ value, onChange }: Edit<unknown[]>) {
  const { w } = useSpeech();
  const seen = [...new Set(useSuggested().map(shown))];
  return (
    <TagsInput
      label={w.builder.value}
      placeholder={w.builder.listHelp}
      data={seen}
      limit={50}
      value={value.map(shown)}
      onChange={(texts) => onChange(texts.map(read))}
      error={useMissing(value.length === 0 ? "" : value)}
    />
  );
}

/** Tests one below the other, each with a way to take it away; `children` gives the fields of one. */
export function Tests<T>({
  value,
  onChange,
  empty,
  name,
  children,
}: Edit<T[]> & { empty: T; name: (one: T) => string; children: (one: T, put: (next: T) => void) => ReactNode }) {
  const { w } = useSpeech();
  // What is typed stays with its test when one above goes.
  const [keys, setKeys] = useState(() => value.map((_, place) => place));
  const put = (place: number, next: T) => onChange(value.map((one, other) => (other === place ? next : one)));
  const remove = (place: number) => {
    setKeys(keys.filter((_, other) => other !== place));
    onChange(value.filter((_, other) => other !== place));
  };
  const add = () => {
    setKeys([...keys, Math.max(-1, ...keys) + 1]);
    onChange([...value, empty]);
  };
  return (
    <Stack gap="xs">
      {value.map((one, place) => (
        <Box
          key={keys[place]}
          role="group"
          aria-label={`${w.builder.where} ${place + 1}`}
          pl="sm"
          style={{ borderLeft: "3px solid var(--line)" }}
        >
          <Group justify="space-between" wrap="nowrap" mb={2}>
            <Text size="sm" c="dimmed">
              {w.builder.where}
            </Text>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`${w.builder.removeWhere} ${name(one)}`}
              onClick={() => remove(place)}
            >
              <IconX size={16} aria-hidden />
            </ActionIcon>
          </Group>
          <Fields>{children(one, (next) => put(place, next))}</Fields>
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

/** Tests of an event's properties, all of which must pass; or, inside a list, of one of its objects. */
export function WhereInput({ value = [], onChange, inside = false }: Edit<Where[] | undefined> & { inside?: boolean }) {
  const about = useContext(About);
  return (
    <Tests
      value={value}
      onChange={onChange}
      empty={{ property: "", is: "=", value: "" } as Where}
      name={(one) => one.property}
    >
      {(one, put) => (
        <>
          <PropertyInput value={one.property} onChange={(property) => put({ ...one, property })} />
          <About value={about && { ...about, property: one.property }}>
            <TestInput inside={inside} value={one} onChange={(test) => put({ property: one.property, ...test })} />
          </About>
        </>
      )}
    </Tests>
  );
}

/** An event and what its properties must be. */
export function StepInput({ value, onChange, label }: Edit<Step> & { label: string }) {
  return (
    <Stack gap="xs">
      <Fields>
        <EventInput label={label} value={value.event} onChange={(event) => onChange({ ...value, event })} />
      </Fields>
      <About value={{ event: value.event, property: "" }}>
        <WhereInput value={value.where} onChange={(where) => onChange({ ...value, where })} />
      </About>
    </Stack>
  );
}
