/** Fields as the server tells them: which are filled in together, and which of them stand beside each other. */
import type { Condition, FieldForm, KindForm, Role } from "../api/types";

/** Fields of one role that follow each other are filled in together; what is told by its type alone stands for itself. */
const alone: Role[] = ["text", "number", "whole", "switch", "choice"];

/** `groups` are of fields that are filled in together; a row that is not `wide` takes as many as there is room for. */
export type Row = { wide: boolean; groups: FieldForm[][] };

export function grouped(fields: FieldForm[], wide: Role[]): Row[] {
  const rows: Row[] = [];
  let before: FieldForm[] = [];
  for (const field of fields) {
    if (before[0]?.role === field.role && !alone.includes(field.role)) {
      before.push(field);
      continue;
    }
    before = [field];
    const isWide = wide.includes(field.role);
    const row = rows.at(-1);
    if (row && !row.wide && !isWide) row.groups.push(before);
    else rows.push({ wide: isWide, groups: [before] });
  }
  return rows;
}

/** What a new condition of a kind begins with. */
export function fresh({ kind, fields }: KindForm): Condition {
  const begun = fields.filter((one) => one.begins !== null);
  return { kind, ...Object.fromEntries(begun.map((one) => [one.name, structuredClone(one.begins)])) };
}
