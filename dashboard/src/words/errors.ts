/** What the server says went wrong, worded by its reason and what that is filled with. */
import type { Format } from "./format";

/** An error's sentence as the API gives it; without a reason there is only the server's own English. */
export type ErrorText = { message: string; reason?: string | null; parameters?: Record<string, unknown> };

/** What errors say in one language, by their reasons. */
export type ErrorTable = Record<string, string>;

const isText = (value: unknown): value is ErrorText =>
  typeof value === "object" && value !== null && "message" in value && typeof value.message === "string";

/** The sentence in the words of a table, numbers as its readers write them; the server's where the table lacks it. */
export function errorSentence({ message, reason, parameters = {} }: ErrorText, table: ErrorTable, f: Format): string {
  const template = reason && Object.hasOwn(table, reason) ? table[reason] : undefined;
  if (template === undefined) return message;
  const shown = (value: unknown): string => {
    if (typeof value === "number") return f.number(value);
    if (Array.isArray(value)) return value.map(shown).join(", ");
    return isText(value) ? errorSentence(value, table, f) : String(value);
  };
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(parameters, name) ? shown(parameters[name]) : whole,
  );
}
