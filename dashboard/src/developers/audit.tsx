/** Who did what in the app, in words: the newest first, older ones a page at a time. */
import { Anchor, Table, Text } from "@mantine/core";
import { Fragment } from "react";
import { Link } from "react-router";
import type { AuditLine } from "../api/types";
import { Moment } from "../pieces/moment";
import { itemsOf, More } from "../pieces/more";
import { Card } from "../pieces/page";
import { Failed, Quiet, Waiting } from "../pieces/states";
import { useApp } from "../shell/app";
import { audit as english } from "../words/en/audit";
import { audit as french } from "../words/fr/audit";
import { useSpeech } from "../words/words";
import { useAudit } from "./queries";

/** Where the pages are of what things are done to; what was deleted has none any more. */
const PAGES: Record<string, string> = {
  journey: "journeys",
  message: "messages",
  segment: "segments",
  list: "lists",
  person: "people",
};

/** These words are many and only this card needs them: they come with it, not with every page. */
const WORDS = { en: english, fr: french };
type Tongue = ReturnType<typeof useSpeech> & { words: typeof english };

function useTongue(): Tongue {
  const speech = useSpeech();
  return { ...speech, words: WORDS[speech.language] };
}

function whoText(one: AuditLine, { words }: Tongue): string {
  const [kind, number = ""] = one.actor.split(":");
  if (kind === "system") return words.server;
  if (kind === "key") return words.key(one.name === one.actor ? number : one.name);
  return one.name === one.actor ? words.operator(number) : one.name;
}

function What({ one }: { one: AuditLine }) {
  const { words } = useTongue();
  const { page } = useApp();
  const said = words.done[one.action];
  if (said === undefined) return words.other(`${one.action} (${one.target})`);
  const [kind = "", number = ""] = one.target.split(":");
  const name = one.target_name === one.target ? number : one.target_name;
  const folder = one.action.endsWith(".deleted") || one.action === "person.merged" ? undefined : PAGES[kind];
  return said.split("{}").map((part, place) => (
    <Fragment key={place}>
      {place > 0 &&
        (folder ? (
          <Anchor component={Link} underline="always" to={page(`${folder}/${number}`)} size="sm">
            {name}
          </Anchor>
        ) : (
          name
        ))}
      {part}
    </Fragment>
  ));
}

function valueText(value: unknown, { w, f, words }: Tongue): string {
  if (typeof value === "boolean") return value ? w.common.yes : w.common.no;
  if (Array.isArray(value)) return value.length > 0 ? f.list(value.map(String)) : (words.value[""] ?? "");
  if (typeof value === "number") return String(value); // the number of a key or a person, not an amount
  return typeof value === "string" ? (words.value[value] ?? value) : JSON.stringify(value);
}

function Detail({ one }: { one: AuditLine }) {
  const tongue = useTongue();
  const told = Object.entries(one.detail).filter(([name, value]) => !(name === "name" && value === one.target_name));
  if (told.length === 0) return null;
  return (
    <Text size="xs" c="dimmed">
      {told
        .map(([name, value]) => tongue.words.told(tongue.words.detail[name] ?? name, valueText(value, tongue)))
        .join(" · ")}
    </Text>
  );
}

export function Audit() {
  const tongue = useTongue();
  const { words } = tongue;
  const audit = useAudit();
  const items = itemsOf(audit);
  return (
    <Card title={words.title} line={words.line} flush>
      {audit.isError && <Failed error={audit.error} retry={() => void audit.refetch()} />}
      {audit.isPending && <Waiting rows={4} />}
      {audit.data && items.length === 0 && <Quiet>{words.none}</Quiet>}
      {items.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th visibleFrom="sm">{words.when}</Table.Th>
              <Table.Th visibleFrom="sm">{words.who}</Table.Th>
              <Table.Th className="first-where-narrow">{words.what}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((one) => (
              <Table.Tr key={one.id} style={{ verticalAlign: "top" }}>
                <Table.Td visibleFrom="sm">
                  <Moment at={one.occurred_at} size="sm" />
                </Table.Td>
                <Table.Td visibleFrom="sm" style={{ overflowWrap: "anywhere" }}>
                  {whoText(one, tongue)}
                </Table.Td>
                <Table.Td className="first-where-narrow" style={{ overflowWrap: "anywhere" }}>
                  <Text size="sm" component="div">
                    <What one={one} />
                  </Text>
                  <Detail one={one} />
                  <Text size="xs" c="dimmed" hiddenFrom="sm">
                    {whoText(one, tongue)} · <Moment at={one.occurred_at} size="xs" />
                  </Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <More query={audit} />
    </Card>
  );
}
