/** Lists leave out what was put away, unless somebody asks; the switch is there only where something was. */
import { Switch } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useSpeech } from "../words/words";

export function useArchived<T>(
  items: T[] | undefined,
  isArchived: (one: T) => boolean,
): { toggle: ReactNode; shown: (items: T[]) => T[] } {
  const { w } = useSpeech();
  const [on, setOn] = useState(false);
  const some = items?.some(isArchived) ?? false;
  const toggle = some && (
    <Switch label={w.common.archivedToo} checked={on} onChange={(change) => setOn(change.currentTarget.checked)} />
  );
  return { toggle, shown: (all) => (on ? all : all.filter((one) => !isArchived(one))) };
}
