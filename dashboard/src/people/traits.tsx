/** Editing a person's traits. A value that reads as JSON (a number, true, a list) is kept as such, else as text. */
import { ActionIcon, Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { server, take } from "../api/client";
import type { Person, Traits } from "../api/types";
import { useChange } from "../pieces/change";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";

type Line = { name: string; text: string };

const written = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));

function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** What changed: new values, and null for what was taken away. */
function changes(before: Traits, lines: Line[]): Traits {
  const after = new Map(lines.filter((line) => line.name.trim() !== "").map((line) => [line.name.trim(), line.text]));
  const changed: Traits = {};
  for (const name of Object.keys(before)) if (!after.has(name)) changed[name] = null;
  for (const [name, text] of after) if (!(name in before) || written(before[name]) !== text) changed[name] = read(text);
  return changed;
}

export function EditTraits({ person, close }: { person: Person; close: () => void }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const [lines, setLines] = useState<Line[]>(() =>
    Object.entries(person.traits).map(([name, value]) => ({ name, text: written(value) })),
  );
  const save = useChange({
    run: () =>
      take(
        server.PATCH("/api/v1/apps/{app}/people/{person}", {
          params: { path: { app: id, person: person.id } },
          body: { traits: changes(person.traits, lines), version: person.version },
        }),
      ),
    touches: [
      ["person", id, person.id],
      ["people", id],
    ],
    done: w.common.saved,
  });
  const put = (place: number, line: Line) => setLines(lines.map((one, other) => (other === place ? line : one)));
  return (
    <Modal
      opened
      onClose={close}
      title={w.people.editTraits}
      size="lg"
      closeButtonProps={{ "aria-label": w.common.close }}
      styles={{ title: { fontWeight: 650 } }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined, { onSuccess: close });
        }}
      >
        <Stack gap="xs">
          {lines.map((line, place) => (
            <Group key={place} wrap="nowrap" gap="xs">
              <TextInput
                style={{ flex: 1 }}
                aria-label={w.people.traitName}
                placeholder={w.people.traitName}
                value={line.name}
                onChange={(change) => put(place, { ...line, name: change.currentTarget.value })}
              />
              <TextInput
                style={{ flex: 2 }}
                aria-label={`${w.people.traitValue} ${line.name}`}
                placeholder={w.people.traitValue}
                value={line.text}
                onChange={(change) => put(place, { ...line, text: change.currentTarget.value })}
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={`${w.common.delete} ${line.name}`}
                onClick={() => setLines(lines.filter((_, other) => other !== place))}
              >
                <IconX size={16} aria-hidden />
              </ActionIcon>
            </Group>
          ))}
          <Group justify="space-between" mt="sm">
            <Button
              variant="subtle"
              leftSection={<IconPlus size={15} aria-hidden />}
              onClick={() => setLines([...lines, { name: "", text: "" }])}
            >
              {w.people.addTrait}
            </Button>
            <Group gap="xs">
              <Button variant="default" onClick={close}>
                {w.common.cancel}
              </Button>
              <Button type="submit" loading={save.isPending}>
                {w.common.save}
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
