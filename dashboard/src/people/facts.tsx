/** What the program made out about a person itself, and who said it. */
import { Stack } from "@mantine/core";
import type { Person } from "../api/types";
import { Card } from "../pieces/page";
import { useSpeech } from "../words/words";
import { Line } from "./profile";

const sourced = ["country", "time_zone", "language"] as const;
const plain = [
  "region",
  "city",
  "device_type",
  "device_model",
  "device_manufacturer",
  "os",
  "os_version",
  "app_version",
  "source",
  "medium",
  "campaign",
];

export function Facts({ person }: { person: Person }) {
  const { w, f } = useSpeech();
  const facts = person.facts as Record<string, unknown>;
  const seconds = facts.average_session_seconds;
  const text = (name: string) => (typeof facts[name] === "string" ? facts[name] : "");
  return (
    <Card title={w.people.facts}>
      <Stack gap={8}>
        {sourced.filter(text).map((name) => (
          <Line key={name} name={w.builder.facts[name] ?? name}>
            {text(name)}{" "}
            {text(`${name}_source`) && `(${w.people.factFrom[text(`${name}_source`)] ?? text(`${name}_source`)})`}
          </Line>
        ))}
        {plain.filter(text).map((name) => (
          <Line key={name} name={w.builder.facts[name] ?? name}>
            {text(name)}
          </Line>
        ))}
        {typeof facts.latitude === "number" && typeof facts.longitude === "number" && (
          <Line name={`${w.builder.latitude}, ${w.builder.longitude}`}>
            {facts.latitude}, {facts.longitude}
          </Line>
        )}
        {typeof seconds === "number" && seconds > 0 && (
          <Line name={w.people.sessionLength}>{f.span(Math.round(seconds) * 1000)}</Line>
        )}
      </Stack>
    </Card>
  );
}
