/** What a person allows on each channel and topic, and how an operator notes what they said. */
import { Button, Group, Stack, Switch, Text } from "@mantine/core";
import { IconPencilPlus } from "@tabler/icons-react";
import { useState } from "react";
import { Failure, server, take } from "../api/client";
import type { Person } from "../api/types";
import { channelNames, kindOf } from "../channels/kinds";
import { useChange } from "../pieces/change";
import { Moment } from "../pieces/moment";
import { Card } from "../pieces/page";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { NoteConsent, type Noted } from "./note-consent";

type Consent = Person["consents"][number];
type Line = { channel: string; topic: string; found?: Consent; refused: boolean; implied: boolean };

// Shown even where nothing was recorded.
const asked = channelNames.map((channel) => ({ channel, topic: "general" }));

// A consent by hand begins with a channel on which silence is none.
const firstToAsk = channelNames.find((channel) => !kindOf(channel)?.impliesConsent) ?? "email";

// What silence means, as the server decides when it sends: the permission given to a browser is consent to push.
const implied = (channel: string, person: Person) =>
  (kindOf(channel)?.impliesConsent ?? false) &&
  person.subscriptions.some((one) => one.channel === channel && one.state === "subscribed");

/** Whether a no of somebody who had it before holds for one of the person's addresses. */
const refusedAddress = (person: Person, channel: string, topic: string) =>
  person.subscriptions.some((one) => one.channel === channel && one.refused.includes(topic));

function linesOf(person: Person): Line[] {
  const known = [
    ...asked,
    ...person.consents,
    ...person.subscriptions.flatMap(({ channel, refused }) => refused.map((topic) => ({ channel, topic }))),
  ];
  const once = new Map(known.map(({ channel, topic }) => [`${channel}/${topic}`, { channel, topic }]));
  return [...once.values()].map(({ channel, topic }) => ({
    channel,
    topic,
    found: person.consents.find((one) => one.channel === channel && one.topic === topic),
    refused: refusedAddress(person, channel, topic),
    implied: implied(channel, person),
  }));
}

const allows = ({ found, refused, implied: byBrowser }: Line) => !refused && (found?.granted ?? byBrowser);
const saidNo = ({ found, refused }: Line) => refused || (found?.explicit && !found.granted);

function Standing({ line: { channel, found, refused, implied: byBrowser } }: { line: Line }) {
  const { w } = useSpeech();
  if (refused && (found?.granted ?? true)) return w.consent.refusedAddress;
  if (!found)
    return byBrowser ? w.people.implied : kindOf(channel)?.impliesConsent ? w.people.noBrowser : w.people.notAsked;
  const said = found.explicit
    ? found.granted
      ? w.consent.saidYes
      : w.consent.saidNo
    : found.granted
      ? w.people.granted
      : w.people.refused;
  return (
    <>
      {said}, <Moment at={found.changed_at} size="xs" />
    </>
  );
}

export function Consents({ person }: { person: Person }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const [noting, note] = useState<Noted | null>(null);
  const change = useChange({
    run: ({ channel, topic }: Noted) =>
      take(
        server.PUT("/api/v1/apps/{app}/people/{person}/consent", {
          params: { path: { app: id, person: person.id } },
          body: { channel, topic, granted: true },
        }),
      ),
    touches: [["person", id, person.id]],
    told: needsProof,
  });
  const turn = (line: Line) => {
    const next: Noted = { channel: line.channel as Noted["channel"], topic: line.topic, granted: !allows(line) };
    // A no is asked for first: it holds until a newer yes with its wording. So does lifting one.
    if (!next.granted || saidNo(line)) note(next);
    else change.mutate(next, { onError: (error) => needsProof(error) && note(next) });
  };
  return (
    <Card
      title={w.people.consents}
      line={w.people.consentsHelp}
      actions={
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPencilPlus size={14} aria-hidden />}
          onClick={() => note({ channel: firstToAsk, topic: "general", granted: true })}
        >
          {w.consent.note}
        </Button>
      }
    >
      <Stack gap="sm">
        {linesOf(person).map((line) => (
          <Group key={`${line.channel}/${line.topic}`} justify="space-between" wrap="nowrap">
            <div>
              <Text size="sm">
                {w.messages.channel[line.channel] ?? line.channel} · {line.topic}
              </Text>
              <Text size="xs" c="dimmed" component="div">
                <Standing line={line} />
              </Text>
            </div>
            <Switch
              checked={allows(line)}
              disabled={change.isPending}
              aria-label={`${w.people.consents}: ${w.messages.channel[line.channel] ?? line.channel}, ${line.topic}`}
              onChange={() => turn(line)}
            />
          </Group>
        ))}
      </Stack>
      {noting && (
        <NoteConsent
          person={person}
          first={noting}
          lifts={(next) =>
            linesOf(person).some((line) => line.channel === next.channel && line.topic === next.topic && saidNo(line))
          }
          close={() => note(null)}
        />
      )}
    </Card>
  );
}

function needsProof(error: unknown): boolean {
  return error instanceof Failure && error.code === "consent_needs_proof";
}
