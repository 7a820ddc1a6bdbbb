/** Somebody known by their number only: their name, once it has been read, and the way to their page. */
import { Text } from "@mantine/core";
import { Link } from "react-router";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { personName } from "./name";
import { useWho } from "./queries";

export function PersonLink({ id }: { id: number }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const person = useWho(id).data;
  return (
    <Text span size="sm" fw={550}>
      <Link to={page(`people/${id}`)} className="plain-link">
        {person ? personName(person, w) : w.common.number(id)}
      </Link>
    </Text>
  );
}
