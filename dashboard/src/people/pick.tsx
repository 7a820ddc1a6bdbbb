/** Choosing a person by the beginning of an address or id. */
import { Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { itemsOf } from "../pieces/more";
import { useSpeech } from "../words/words";
import { emailOf, personName } from "./name";
import { usePeople } from "./queries";

type PickProps = {
  label: string;
  description?: string;
  except?: number;
  value: number | null;
  choose: (person: number | null) => void;
};

export function PersonPick({ label, description, except, value, choose }: PickProps) {
  const { w } = useSpeech();
  const [text, setText] = useState("");
  const [settled] = useDebouncedValue(text.trim(), 250);
  const people = itemsOf(usePeople(settled)).filter((one) => one.id !== except);
  const data = people.slice(0, 20).map((one) => {
    const known = [personName(one, w), emailOf(one), one.external_id].filter(
      (part, place, all) => part && all.indexOf(part) === place,
    );
    return { value: String(one.id), label: known.join(" · ") };
  });
  return (
    <Select
      label={label}
      description={description}
      placeholder={w.people.search}
      searchable
      clearable
      nothingFoundMessage={w.common.nothingFound}
      style={{ flex: 1, minWidth: 200 }}
      data={data}
      filter={({ options }) => options}
      value={value === null ? null : String(value)}
      onChange={(next) => choose(next === null ? null : Number(next))}
      onSearchChange={(next) => setText(data.some((one) => one.label === next) ? "" : next)}
    />
  );
}
