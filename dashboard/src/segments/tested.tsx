/** Inputs of tests: an operator, what it compares with, and events with what their properties must be. */
import { ActionIcon, Autocomplete, Box, Button, Group, Stack, TagsInput, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useContext, useState } from "react";
import type { Moment, Step, Where } from "../api/types";
import { useSpeech } from "../words/words";
import { About, Choice, EventInput, Fields, Figure, PropertyInput, useMissing, useSuggested, type Edit } from "./inputs";
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

const shown = (value: unknown) => (typeof value === "string" && read(value) === value ? value : value === "" || value === undefined || value === null ? "" : JSON.stringify(value));

/** What is typed stays as it is typed: "5." must not turn into 5 under the hand. */
function ValueInput({ value, onChange, plain }: Edit<unknown> & { plain: boolean }) {
  const { w } = useSpeech();
  const [text, setText] = useState(() => (plain ? String(value ?? "") : shown(value)));
  const put = (next: string) => {
    setText(next);
    onChange(plain ? next : read(next));
  };
  const seen = [...new Set(useSuggested().map((one) => (plain ? String(one) : shown(one))))];
  return <Autocomplete label={w.builder.value} placeholder={plain ? undefined : w.builder.valueHelp} data={seen} limit={50} value={text} onChange={put} error={useMissing(text)} />;
}

const plainText = ["contains", "starts", "matches", "version_from", "version_below", "version_is", "version_above", "version_to"];
const shapes: Record<string, string> = { exists: "none", not_exists: "none", in: "list", not_in: "list", between: "pair", before: "moment", after: "moment" };
const shapeOfTest = (is: string) => shapes[is] ?? (plainText.includes(is) ? "text" : "value");
const emptyOf = (shape: string, moves: boolean): unknown => (shape === "none" ? undefined : shape === "list" ? [] : shape === "pair" ? ["", ""] : shape === "moment" ? (moves ? { ago: "30d" } : today()) : "");

type Tested = { is: string; value?: unknown };

/** The operator and what it compares with; `only` names the operators there are, `text` says that values are never numbers. */
export function TestInput({ value: test, onChange, moves = false, only, text = false }: Edit<Tested> & { moves?: boolean; only?: string[]; text?: boolean }) {
  const { w } = useSpeech();
  const shape = shapeOfTest(test.is);
  const become = (is: string) => onChange({ is, value: shapeOfTest(is) === shape ? test.value : emptyOf(shapeOfTest(is), moves) });
  const put = (value: unknown) => onChange({ is: test.is, value });
  const pair = Array.isArray(test.value) ? (test.value as (number | "")[]) : [];
  return (
    <>
      <Choice label={w.builder.is} words={only ? Object.fromEntries(only.map((one) => [one, w.rule.is[one] ?? one])) : w.rule.is} value={test.is} onChange={become} />
      {(shape === "value" || shape === "text") && <ValueInput key={shape} plain={text || shape === "text"} value={test.value} onChange={put} />}
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
  const seen = [...new Set(useSuggested().map(shown))];
  return <TagsInput label={w.builder.value} placeholder={w.builder.listHelp} data={seen} limit={50} value={value.map(shown)} onChange={(texts) => onChange(texts.map(read))} error={useMissing(value.length === 0 ? "" : value)} />;
}

/** Tests of an event's properties, all of which must pass. */
export function WhereInput({ value = [], onChange }: Edit<Where[] | undefined>) {
  const { w } = useSpeech();
  const about = useContext(About);
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
            <About value={about && { ...about, property: one.property }}>
              <TestInput value={one} onChange={(test) => put(place, { property: one.property, ...test })} />
            </About>
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
      <About value={{ event: value.event, property: "" }}>
        <WhereInput value={value.where} onChange={(where) => onChange({ ...value, where })} />
      </About>
    </Stack>
  );
}
