/** The keys an app was made with, from its making until they have been seen: their texts are kept nowhere else. */
import type { NewKey } from "../api/types";

const fresh = new Map<number, NewKey[]>();

export function keepFresh(app: number, keys: NewKey[]): void {
  fresh.set(app, keys);
}

export function freshKeys(app: number): NewKey[] {
  return fresh.get(app) ?? [];
}

export function forgetFresh(app: number): void {
  fresh.delete(app);
}
