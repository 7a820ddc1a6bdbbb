/** A deletion that the person asked for themselves, while it may still take place. */
import { Button, Group, Text } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { server, take } from "../api/client";
import type { Person } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Moment } from "../pieces/moment";
import { Notice } from "../pieces/notice";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";

export function DeletionAsked({ person }: { person: Person }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const cancel = useChange({
    run: (request: string) =>
      take(
        server.POST("/api/v1/apps/{app}/deletion-requests/{request_id}/cancel", {
          params: { path: { app: id, request_id: request } },
        }),
      ),
    touches: [["person", id, person.id]],
    done: w.people.deletionCancelled,
  });
  const asked = person.deletion;
  if (!asked) return null;
  const words = w.people.deletion[asked.state as "asked" | "scheduled" | "under_way"];
  const when = asked.state === "asked" ? asked.expires_at : asked.due_at;
  return (
    <Notice tone="doubt" mb="md" title={words.title} icon={<IconTrash aria-hidden />}>
      <Text size="sm">
        {words.body} {asked.state !== "under_way" && <Moment at={when} size="sm" />}
      </Text>
      {asked.state !== "under_way" && (
        <Group mt="sm">
          <Confirm
            title={w.people.deletionCancelTitle}
            body={w.people.deletionCancelBody}
            action={w.people.deletionCancel}
            run={() => cancel.mutateAsync(asked.id)}
          >
            {(open) => (
              <Button variant="default" size="compact-md" onClick={open}>
                {w.people.deletionCancel}
              </Button>
            )}
          </Confirm>
        </Group>
      )}
    </Notice>
  );
}
