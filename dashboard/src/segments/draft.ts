/** What is typed into a segment's form is kept in this tab, so that a link or a reload takes nothing away. */
import { useEffect } from "react";
import { type Group, isGroup, numbered } from "./rule";

export type Typed = { name: string; root: Group };

const keyOf = (place: string) => `relance-draft-${place}`;

const isTyped = (value: unknown): value is Typed =>
  typeof value === "object" &&
  value !== null &&
  "name" in value &&
  typeof value.name === "string" &&
  "root" in value &&
  isGroup(value.root as Group);

/** What was typed at a place and not saved; null where there is nothing. */
export function kept(place: string): Typed | null {
  try {
    const found: unknown = JSON.parse(sessionStorage.getItem(keyOf(place)) ?? "null");
    return isTyped(found) ? { name: found.name, root: numbered(found.root) as Group } : null;
  } catch {
    return null; // not written by this version of the page, or no storage is allowed
  }
}

export function forget(place: string): void {
  try {
    sessionStorage.removeItem(keyOf(place));
  } catch {
    // no storage is allowed
  }
}

/** Keeps what is typed once it differs from what was there; `null` while it does not. */
export function useKept(place: string, typed: Typed | null): void {
  const text = typed === null ? null : JSON.stringify(typed);
  useEffect(() => {
    try {
      if (text !== null) sessionStorage.setItem(keyOf(place), text);
    } catch {
      // no storage is allowed, or it is full
    }
  }, [place, text]);
}
