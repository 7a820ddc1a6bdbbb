import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactElement, useState } from "react";
import { useNavigate } from "react-router";
import { server, take } from "../api/client";
import type { Person } from "../api/types";
import { useChange } from "../pieces/change";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { PersonPick } from "./pick";

/** Asks for the person who stays, then merges this one into them. */
export function Merge({ person, children }: { person: Person; children: (open: () => void) => ReactElement }) {
  const { w } = useSpeech();
  const { id, page } = useApp();
  const navigate = useNavigate();
  const [opened, { open, close }] = useDisclosure(false);
  const [into, setInto] = useState<number | null>(null);
  const merge = useChange({
    run: (other: number) =>
      take(
        server.POST("/api/v1/apps/{app}/people/{person}/merge", {
          params: { path: { app: id, person: person.id } },
          body: { into: other },
        }),
      ),
    touches: [
      ["people", id],
      ["person", id],
    ],
    done: w.people.waits,
  });
  const go = async () => {
    if (into === null) return;
    await merge.mutateAsync(into);
    close();
    await navigate(page(`people/${into}`));
  };
  return (
    <>
      {children(open)}
      <Modal
        opened={opened}
        onClose={close}
        title={w.people.mergeTitle}
        closeButtonProps={{ "aria-label": w.common.close }}
        styles={{ title: { fontWeight: 650 } }}
      >
        <Stack>
          <Text size="sm">{w.people.mergeBody}</Text>
          <PersonPick label={w.people.mergeInto} except={person.id} value={into} choose={setInto} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {w.common.cancel}
            </Button>
            <Button disabled={into === null} loading={merge.isPending} onClick={() => void go()}>
              {w.people.mergeDo}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
