/** Warns of traits that a message asks for and that nobody has: they may be misspelt. */
import { Text } from "@mantine/core";
import type { Message } from "../api/types";
import { Notice } from "../pieces/notice";
import { useProperties } from "../segments/queries";
import { useSpeech } from "../words/words";

const placed = /\{[{%][^}]*[}%]\}/g;
const trait = /\buser\.([\p{L}_][\p{L}\p{N}_-]*)/gu;
const own = ["email", "id", "external_id", "timezone", "locale"]; // known of everybody, whether a trait says it or not

/** The traits of people that a message's templates name, each once. */
export function traitsOf(content: unknown): string[] {
  const places = JSON.stringify(content).match(placed) ?? [];
  return [...new Set(places.flatMap((place) => [...place.matchAll(trait)].map((found) => found[1] ?? "")))].filter(
    (name) => !own.includes(name),
  );
}

export function UnseenTraits({ message }: { message: Message }) {
  const { w, f } = useSpeech();
  const named = traitsOf([message.content, message.translations]);
  const found = useProperties(null, named.length > 0).data;
  const unseen =
    found && found.length > 0
      ? named.filter((name) => !found.some((one) => one.name === name || one.name.startsWith(`${name}.`)))
      : [];
  if (unseen.length === 0) return null;
  return (
    <Notice tone="doubt" mb="md" title={w.saw.unseenInMessage}>
      <Text size="sm">{w.saw.unseenTraits(f.list(unseen))}</Text>
    </Notice>
  );
}
