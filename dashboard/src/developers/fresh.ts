/** The keys an app was made with, from its making until they have been seen: their texts are kept nowhere else. */
import type { NewIdentitySecret, NewKey } from "../api/types";

const fresh = new Map<number, NewKey[]>();
const freshSecrets = new Map<number, NewIdentitySecret>();

export function keepFresh(app: number, keys: NewKey[], secret: NewIdentitySecret): void {
  fresh.set(app, keys);
  freshSecrets.set(app, secret);
}

export function freshKeys(app: number): NewKey[] {
  return fresh.get(app) ?? [];
}

export function freshSecret(app: number): NewIdentitySecret | undefined {
  return freshSecrets.get(app);
}

export function forgetFresh(app: number): void {
  fresh.delete(app);
}

export function forgetFreshSecret(app: number): void {
  freshSecrets.delete(app);
}
