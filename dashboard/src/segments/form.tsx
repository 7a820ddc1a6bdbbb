/** A segment's name and rule, with the sentence and the count following as one types. */
import { Alert, Button, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { type FormEvent, useMemo, useState } from "react";
import { Link } from "react-router";
import { Failure } from "../api/client";
import type { KindForm, Rule } from "../api/types";
import { Notice } from "../pieces/notice";
import { Card } from "../pieces/page";
import { errorText } from "../pieces/states";
import type { Words } from "../words/en";
import { capital } from "../words/sentences";
import { useSpeech } from "../words/words";
import { Announce } from "./announce";
import { Builder, type Problem } from "./builder";
import { forget, kept, type Typed, useKept } from "./draft";
import { Tried } from "./inputs";
import { usePreview, useSentence } from "./queries";
import { Reached } from "./reached";
import { opened, partAt, written } from "./rule";
import { Starters } from "./starters";

/** `announce`: whether journeys and webhooks are told of who enters and leaves by this very change. */
export type Given = { name: string; rule: Rule; announce?: boolean };

type Said = { sentence: ReturnType<typeof useSentence>; preview: ReturnType<typeof usePreview> };

function Preview({ rule, sentence, preview, waiting }: Said & { rule: Rule | null; waiting: boolean }) {
  const { w, f, language } = useSpeech();
  const narrow = useMediaQuery("(max-width: 48em)");
  const said = sentence.data?.[language];
  const error = sentence.error ?? preview.error;
  const failed = error !== null && !waiting && rule !== null;
  const figure = failed
    ? w.builder.wrong
    : rule === null
      ? w.segments.previewHint
      : waiting || preview.isFetching || !preview.data
        ? w.segments.previewWait
        : w.segments.preview(preview.data.count);
  const count = (
    <Text fw={600} className="tabular" c={failed ? "var(--bad-text)" : undefined}>
      {figure}
    </Text>
  );
  return (
    <>
      {narrow && (
        <Paper
          className="follows-slim"
          px="md"
          py={8}
          bg="var(--accent-soft)"
          style={{ border: "1px solid var(--line)" }}
          aria-live="polite"
        >
          {count}
        </Paper>
      )}
      {(!narrow || rule !== null) && (
        <Card bg="var(--accent-soft)" className="follows">
          <div aria-live="polite" style={{ minHeight: 52 }}>
            {!narrow && count}
            {failed && <Text size="sm">{errorText(error, w)}</Text>}
            {rule !== null && !failed && preview.data && <Reached rule={rule} found={preview.data} />}
            {rule !== null && !sentence.isError && said && (
              <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                {capital(said, f)}.
              </Text>
            )}
          </div>
        </Card>
      )}
    </>
  );
}

/** The part that the server objects to, and why. */
function problemIn(error: unknown, places: Map<string, number>, w: Words): Problem {
  const path = error instanceof Failure ? error.data.path : undefined;
  return error instanceof Failure && typeof path === "string"
    ? { part: partAt(places, path), text: w.error(error) }
    : null;
}

/**
 * `place` names what is edited, for what is typed to be kept under; `starters`: whether rules to begin with are
 * offered.
 */
type FormProps = {
  kinds: KindForm[];
  start: Given;
  place: string;
  starters?: boolean;
  own?: number;
  back: string;
  action: string;
  busy: boolean;
  failure: unknown;
  submit: (given: Given) => void;
};

export function SegmentForm({
  kinds,
  start,
  place,
  starters = false,
  own,
  back,
  action,
  busy,
  failure,
  submit,
}: FormProps) {
  const { w } = useSpeech();
  const [before] = useState(() => kept(place));
  const [given, setGiven] = useState<Typed>(() => ({ name: start.name, root: opened(start.rule) }));
  const [isBack, setIsBack] = useState(before !== null);
  const [name, setName] = useState(before?.name ?? given.name);
  const [root, setRoot] = useState(before?.root ?? given.root);
  const untouched = root === given.root && name === given.name;
  useKept(place, untouched ? null : { name, root });
  const begin = (next: Given) => {
    const typed = { name: next.name, root: opened(next.rule) };
    setGiven(typed);
    setName(typed.name);
    setRoot(typed.root);
    setIsBack(false);
    forget(place);
  };
  const [tried, setTried] = useState(false);
  const [announce, setAnnounce] = useState(false);
  const { rule, places } = useMemo(() => written(root), [root]);
  const text = JSON.stringify(rule);
  const [settled] = useDebouncedValue(text, 300);
  const counted = useMemo(() => JSON.parse(settled) as Rule | null, [settled]);
  const sentence = useSentence(counted);
  const preview = usePreview(sentence.isError ? null : counted); // what cannot be read is not counted either
  const waiting = sentence.isFetching || settled !== text;
  const problem = problemIn((waiting ? null : (sentence.error ?? preview.error)) ?? failure, places, w);
  const send = (submitted: FormEvent) => {
    submitted.preventDefault();
    setTried(true);
    if (rule !== null && name.trim() !== "")
      submit({ name: name.trim(), rule, ...(own !== undefined && { announce }) });
  };
  return (
    <Tried value={tried}>
      <form onSubmit={send} noValidate>
        <Stack gap="lg" maw={980}>
          {isBack && (
            <Notice tone="quiet">
              <Group justify="space-between" gap="xs">
                <Text size="sm">{w.builder.draftBack}</Text>
                <Button variant="default" size="compact-sm" onClick={() => begin(start)}>
                  {w.builder.draftDrop}
                </Button>
              </Group>
            </Notice>
          )}
          <Card>
            <TextInput
              label={w.segments.name}
              value={name}
              error={tried && name.trim() === "" ? w.segments.noName : undefined}
              onChange={(change) => setName(change.currentTarget.value)}
            />
          </Card>
          <Card title={w.segments.rule}>
            {starters && untouched && <Starters choose={(label, chosen) => begin({ name: label, rule: chosen })} />}
            <Builder key={given.root.id} kinds={kinds} root={root} onChange={setRoot} problem={problem} own={own} />
          </Card>
          {problem !== null && problem.part === undefined && (
            <Alert color="red" variant="light">
              {problem.text}
            </Alert>
          )}
          <Preview rule={rule} sentence={sentence} preview={preview} waiting={waiting} />
          {own !== undefined && <Announce value={announce} onChange={setAnnounce} />}
          <Group justify="flex-end">
            <Button component={Link} to={back} variant="default" onClick={() => forget(place)}>
              {w.common.cancel}
            </Button>
            <Button type="submit" loading={busy}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Tried>
  );
}
