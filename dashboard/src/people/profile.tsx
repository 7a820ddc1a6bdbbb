/** The left column of a person's page: traits and ids. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Person } from "../api/types";
import { Card } from "../pieces/page";
import { Quiet } from "../pieces/states";
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
  const shown = (value: unknown) =>
    typeof value === "number" ? f.number(value) : typeof value === "string" ? value : JSON.stringify(value);
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
        {traits.length === 0 && person.external_id === null && (
          <Text size="sm" c="dimmed">
            {w.common.anonymous}
          </Text>
        )}
      </Stack>
      {editing && <EditTraits person={person} close={close} />}
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
