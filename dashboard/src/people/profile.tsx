/** The left column of a person's page: traits, addresses, consent, ids. */
import { Button, Group, Stack, Switch, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { server, take } from "../api/client";
import type { Person } from "../api/types";
import { useChange } from "../pieces/change";
import { Moment } from "../pieces/moment";
import { Card } from "../pieces/page";
import { Quiet } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { EditTraits } from "./traits";

export function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Group justify="space-between" wrap="nowrap" align="baseline" gap="lg">
      <Text size="sm" c="dimmed" style={{ flexShrink: 0, maxWidth: "50%" }} truncate>
        {name}
      </Text>
      <Text size="sm" component="div" ta="right" style={{ overflowWrap: "anywhere" }}>
        {children}
      </Text>
    </Group>
  );
}

export function Profile({ person }: { person: Person }) {
  const { w, f } = useSpeech();
  const [editing, { open, close }] = useDisclosure(false);
  const traits = Object.entries(person.traits);
  const shown = (value: unknown) => (typeof value === "number" ? f.number(value) : typeof value === "string" ? value : JSON.stringify(value));
  return (
    <Card
      title={w.people.profile}
      actions={
        <Button size="compact-sm" variant="subtle" leftSection={<IconPencil size={14} aria-hidden />} onClick={open}>
          {w.people.editTraits}
        </Button>
      }
    >
      <Stack gap={8}>
        {person.external_id && <Line name={w.people.id}>{person.external_id}</Line>}
        {traits.map(([name, value]) => (
          <Line key={name} name={name}>
            {shown(value)}
          </Line>
        ))}
        {traits.length === 0 && person.external_id === null && <Text size="sm" c="dimmed">{w.common.anonymous}</Text>}
      </Stack>
      {editing && <EditTraits person={person} close={close} />}
    </Card>
  );
}

export function Addresses({ person }: { person: Person }) {
  const { w } = useSpeech();
  return (
    <Card title={w.people.subscriptions}>
      {person.subscriptions.length === 0 && <Quiet p={0}>{w.people.subscriptionsNone}</Quiet>}
      <Stack gap="sm">
        {person.subscriptions.map((one) => (
          <Group key={one.id} justify="space-between" wrap="nowrap" gap="md">
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={500}>
                {w.messages.channel[one.channel] ?? one.channel}
              </Text>
              <Text size="xs" c="dimmed" truncate title={one.address}>
                {one.address}
              </Text>
            </div>
            <Label tone={one.state === "subscribed" ? "good" : "quiet"} style={{ flexShrink: 0 }}>
              {w.people.subscription[one.state] ?? one.state}
            </Label>
          </Group>
        ))}
      </Stack>
    </Card>
  );
}

// Shown even where nothing was recorded: the two a first message asks for.
const asked = (["email", "web_push"] as const).map((channel) => ({ channel, topic: "general" }));

// What silence means, as the server decides when it sends: the permission given to the browser is consent to push.
const implied = (channel: string, person: Person) => channel === "web_push" && person.subscriptions.some((one) => one.channel === channel && one.state === "subscribed");

export function Consents({ person }: { person: Person }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const change = useChange({
    run: (body: { channel: "email" | "web_push"; topic: string; granted: boolean }) =>
      take(server.PUT("/api/v1/apps/{app}/people/{person}/consent", { params: { path: { app: id, person: person.id } }, body })),
    touches: [["person", id, person.id]],
  });
  const others = person.consents.filter((one) => !asked.some(({ channel, topic }) => channel === one.channel && topic === one.topic));
  const lines = [...asked, ...others].map(({ channel, topic }) => ({ channel, topic, found: person.consents.find((one) => one.channel === channel && one.topic === topic) }));
  return (
    <Card title={w.people.consents} line={w.people.consentsHelp}>
      <Stack gap="sm">
        {lines.map(({ channel, topic, found }) => (
          <Group key={`${channel}/${topic}`} justify="space-between" wrap="nowrap">
            <div>
              <Text size="sm">
                {w.messages.channel[channel] ?? channel} · {topic}
              </Text>
              <Text size="xs" c="dimmed" component="div">
                {found ? <>{found.granted ? w.people.granted : w.people.refused}, <Moment at={found.changed_at} size="xs" /></> : implied(channel, person) ? w.people.implied : channel === "web_push" ? w.people.noBrowser : w.people.notAsked}
              </Text>
            </div>
            <Switch
              checked={found?.granted ?? implied(channel, person)} disabled={change.isPending} aria-label={`${w.people.consents}: ${w.messages.channel[channel] ?? channel}, ${topic}`}
              onChange={(event) => change.mutate({ channel: channel as "email" | "web_push", topic, granted: event.currentTarget.checked })}
            />
          </Group>
        ))}
      </Stack>
    </Card>
  );
}

export function Ids({ person }: { person: Person }) {
  const { w } = useSpeech();
  return (
    <Card title={w.people.aliases}>
      {person.aliases.length === 0 && <Quiet p={0}>{w.people.aliasesNone}</Quiet>}
      <Stack gap={8}>
        {person.aliases.map((one) => (
          <Line key={`${one.kind}:${one.value}`} name={one.kind}>
            {one.value}
          </Line>
        ))}
      </Stack>
    </Card>
  );
}
