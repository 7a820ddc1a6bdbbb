/** What to call somebody: by name, else by what is known. */
import type { Traits } from "../api/types";
import type { Words } from "../words/en";

type Named = { external_id: string | null; traits: Traits };

const text = (value: unknown) => (typeof value === "string" ? value.trim() : "");

export function emailOf({ traits }: Named): string {
  return text(traits.email);
}

export function personName(person: Named, w: Words): string {
  const { name, first_name, last_name, firstName, lastName } = person.traits;
  const parts = [text(first_name) || text(firstName), text(last_name) || text(lastName)].filter(Boolean).join(" ");
  return text(name) || parts || emailOf(person) || person.external_id || w.common.anonymous;
}
