/** The form of a kind of provider, from the JSON Schemas that the server publishes, and what is sent of it. */
import type { Provider, ProviderType } from "../api/types";

export type FieldKind = "text" | "long" | "number" | "choice" | "texts" | "json";
export type Field = {
  name: string;
  title: string;
  help: string;
  kind: FieldKind;
  required: boolean;
  usual: unknown;
  choices: string[];
  longest: number | undefined;
  bounds: { min?: number; max?: number };
};

type Member = {
  title?: string;
  description?: string;
  type?: string;
  enum?: string[];
  items?: { type?: string };
  default?: unknown;
  format?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
};

/** A text that may be longer than this is written in a box of several lines: a file is pasted as a secret. */
const longLine = { settings: 700, secrets: 4_000 };

function kindOf(member: Member, part: keyof typeof longLine): FieldKind {
  if (member.enum) return "choice";
  if (member.type === "integer") return "number";
  if (member.type === "array" && member.items?.type === "string") return "texts";
  if (member.type === "object" || member.type === "array") return "json";
  return member.format !== "uri" && (member.maxLength ?? 0) > longLine[part] ? "long" : "text";
}

export function fieldsOf(type: ProviderType, part: keyof typeof longLine): Field[] {
  const schema = type[part];
  const members = (schema.properties ?? {}) as Record<string, Member>;
  const required = (schema.required ?? []) as string[];
  return Object.entries(members).map(([name, member]) => ({
    name,
    title: member.title ?? name,
    help: (member.description ?? "").replaceAll("`", ""),
    kind: kindOf(member, part),
    required: required.includes(name),
    usual: member.default,
    choices: member.enum ?? [],
    longest: member.maxLength,
    bounds: { min: member.minimum, max: member.maximum },
  }));
}

/** What the inputs hold, by field: JSON as it is typed. */
export type Values = Record<string, unknown>;

const shown = (field: Field, value: unknown) => (field.kind === "json" ? JSON.stringify(value, null, 2) : value);

export function valuesOf(fields: Field[], saved: Provider["settings"]): Values {
  return Object.fromEntries(fields.map((field) => [field.name, shown(field, saved[field.name] ?? field.usual ?? "")]));
}

/** What is typed as JSON; undefined where it is none. */
export function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

const read = (field: Field, value: unknown) => (field.kind === "json" ? parsed(value) : value);
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** The settings to send: those that are not as they usually are. */
export function settingsOf(fields: Field[], values: Values): Values {
  return Object.fromEntries(
    fields
      .map((field) => [field.name, read(field, values[field.name]), field.usual] as const)
      .filter(([, value, usual]) => value !== "" && value !== undefined && !same(value, usual))
      .map(([name, value]) => [name, value]),
  );
}

export const isReadable = (fields: Field[], values: Values) =>
  fields.every((field) => field.kind !== "json" || parsed(values[field.name]) !== undefined);

/** Whether a setting was changed that decides where secrets are sent. */
export function leadsElsewhere(type: ProviderType, fields: Field[], saved: Provider, values: Values): boolean {
  const before = valuesOf(fields, saved.settings);
  return fields.some(
    (field) =>
      type.leads.includes(field.name) && !same(read(field, before[field.name]), read(field, values[field.name])),
  );
}

/** Which fields are shown at once: all that must be filled in, and the first of the others. */
const atOnce = 8;
export function split(fields: Field[]): { first: Field[]; more: Field[] } {
  if (fields.length <= atOnce) return { first: fields, more: [] };
  const kept = new Set(
    [...fields.filter((one) => one.required), ...fields.filter((one) => !one.required)].slice(0, atOnce),
  );
  return { first: fields.filter((one) => kept.has(one)), more: fields.filter((one) => !kept.has(one)) };
}
