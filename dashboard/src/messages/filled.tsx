/** A message as one person would get it: filled in by the server from who they are and from one of their events. */
import { Chip, Group, Select, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import type { Filled, Message } from "../api/types";
import { kindOf } from "../channels/kinds";
import { PersonPick } from "../people/pick";
import { Notice } from "../pieces/notice";
import { Failed } from "../pieces/states";
import { useSpeech } from "../words/words";
import { MessagePreview } from "./preview";
import { useFilled, useRecentEvents, useWordings } from "./queries";

/** The properties a message is filled in with: of a recent event, or pasted. */
export function useGivenEvent() {
  const [chosen, choose] = useState<string | null>(null);
  const [pasted, paste] = useState("");
  const properties = objectOf(pasted);
  const bad = pasted.trim() !== "" && properties === null;
  return { chosen, choose, pasted, paste, bad, event: properties ?? chosen ?? undefined };
}

export type GivenEvent = ReturnType<typeof useGivenEvent>;

function objectOf(text: string): { [name: string]: unknown } | null {
  try {
    const found: unknown = JSON.parse(text);
    return typeof found === "object" && found !== null && !Array.isArray(found)
      ? (found as { [name: string]: unknown })
      : null;
  } catch {
    return null;
  }
}

/** Choosing that event: one that arrived, of one person (null: of anybody), or JSON. */
export function EventGiven({ given, person }: { given: GivenEvent; person: number | null }) {
  const { w, f } = useSpeech();
  const events = useRecentEvents(person).data ?? [];
  return (
    <>
      <Select
        label={w.credit.testEvent}
        description={w.credit.testEventHelp}
        clearable
        searchable
        nothingFoundMessage={w.common.nothingFound}
        value={given.chosen}
        onChange={given.choose}
        disabled={given.pasted.trim() !== ""}
        data={events.map((one) => ({ value: one.message_id, label: `${one.event} · ${f.moment(one.occurred_at)}` }))}
      />
      <Textarea
        label={w.credit.testPaste}
        description={w.credit.testPasteHelp}
        autosize
        minRows={1}
        maxRows={8}
        value={given.pasted}
        onChange={(typed) => given.paste(typed.currentTarget.value)}
        error={given.bad && w.credit.notJson}
      />
    </>
  );
}

/** What would keep the message from this person, or leave a gap in it; ``filled`` is in the language that is shown. */
function Warnings({ filled }: { filled: Filled }) {
  const { w, f } = useSpeech();
  const gaps = filled.unsendable?.reason === "render_error" ? [] : filled.missing;
  return (
    <>
      {filled.unsendable && (
        <Notice tone="bad">
          {w.credit.heldBack(
            w.deliveries.reason[filled.unsendable.reason] ?? filled.unsendable.reason,
            w.error({
              message: filled.unsendable.detail,
              reason: filled.unsendable.detail_reason,
              parameters: filled.unsendable.detail_parameters,
            }),
          )}
        </Notice>
      )}
      {gaps.length > 0 && (
        <Notice tone="doubt">
          {w.credit.gaps}
          <ul style={{ margin: "4px 0 0", paddingInlineStart: 20 }}>
            {gaps.map((one) => (
              <li key={`${one.path} ${one.variable}`} style={{ overflowWrap: "anywhere" }}>
                {w.credit.gap(one.variable, one.path.replace(/^(content|translations\.[^.]+)\./, ""))}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {filled.not_shown?.map((one) => (
        <Notice key={one.field} tone="doubt">
          {w.credit.notShown(w.credit.shownField[one.field] ?? one.field, f.list(one.browsers))}
        </Notice>
      ))}
      {filled.address === null && <Notice tone="doubt">{w.credit.noAddress}</Notice>}
    </>
  );
}

/** Choosing one of the message's languages, those in which something is wrong marked. */
function Languages({
  languages,
  faulty,
  value,
  choose,
}: {
  languages: string[];
  faulty: Set<string>;
  value: string;
  choose: (language: string) => void;
}) {
  const { w, f } = useSpeech();
  return (
    <Group gap={6} role="group" aria-label={w.messages.languages}>
      {languages.map((one) => (
        <Chip key={one} size="xs" radius="sm" checked={one === value} onChange={() => choose(one)}>
          {f.language(one)}
          {faulty.has(one) && (
            <Text span size="xs" ml={4} fw={650}>
              {w.messages.languageFaulty}
            </Text>
          )}
        </Chip>
      ))}
    </Group>
  );
}

/** The language that is shown: the one chosen, else the person's, else the message's own. */
function useLanguage(message: Message, filled: Filled | undefined) {
  const [chosen, choose] = useState<string | null>(null);
  const wordings = useWordings(message).data ?? [];
  const own = message.language ?? "";
  const languages = [own, ...Object.keys(message.translations).sort()];
  const language = chosen !== null && languages.includes(chosen) ? chosen : (filled?.language ?? own);
  const every = filled?.languages ?? [];
  const shown = every.find((one) => (one.language ?? "") === language);
  const faulty = new Set(every.filter((one) => one.unsendable).map((one) => one.language ?? ""));
  return {
    language,
    languages,
    choose,
    faulty,
    filled: filled && shown ? { ...filled, ...shown } : filled,
    written: wordings.find((one) => (one.language ?? "") === language),
  };
}

export function FilledPreview({ message }: { message: Message }) {
  const { w, f } = useSpeech();
  const [person, setPerson] = useState<number | null>(null);
  const given = useGivenEvent();
  const query = useFilled(message, given.bad ? null : person, given.event);
  const { language, languages, choose, faulty, filled, written } = useLanguage(
    message,
    person === null ? undefined : query.data,
  );
  const become = (next: number | null) => {
    setPerson(next);
    given.choose(null);
  };
  const taken = Object.entries(filled?.taken ?? written?.taken ?? {});
  const content = filled && Object.keys(filled.content).length > 0 ? filled.content : written?.content;
  return (
    <Stack gap="sm">
      <PersonPick label={w.credit.previewFor} value={person} choose={become} />
      {person !== null && <EventGiven given={given} person={person} />}
      {languages.length > 1 && <Languages languages={languages} faulty={faulty} value={language} choose={choose} />}
      {languages.length > 1 && filled && query.data?.language && (
        <Text size="sm" c="dimmed">
          {w.messages.languageOfPerson(f.language(query.data.language))}
        </Text>
      )}
      {person !== null && query.isError && <Failed error={query.error} retry={() => void query.refetch()} />}
      <Stack gap="sm" role="status">
        {filled && <Warnings filled={filled} />}
      </Stack>
      {filled?.address && kindOf(message.channel)?.readable && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {w.credit.goesTo} {filled.address}
        </Text>
      )}
      {filled?.unsendable?.reason === "render_error" ? null : (
        <MessagePreview message={content ? { ...message, content } : message} />
      )}
      {taken.length > 0 && (
        <Text size="xs" c="dimmed">
          {w.messages.taken(f.list(taken.map(([field, source]) => `${field} (${f.language(source)})`)))}
        </Text>
      )}
    </Stack>
  );
}
