/** The name of a new list, in a dialog. */
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { server, take } from "../api/client";
import { useChange } from "../pieces/change";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";

export function NewList() {
  const { w } = useSpeech();
  const { id, params, page } = useApp();
  const navigate = useNavigate();
  const [opened, { open, close }] = useDisclosure(false);
  const [name, setName] = useState("");
  const create = useChange({
    run: (given: string) => take(server.POST("/api/v1/apps/{app}/lists", { params, body: { name: given } })),
    touches: [["lists", id]],
  });
  const send = (submitted: FormEvent) => {
    submitted.preventDefault();
    if (name.trim() !== "")
      create.mutate(name.trim(), { onSuccess: (made) => void navigate(page(`lists/${made.id}`)) });
  };
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
        {w.lists.create}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={w.lists.create}
        closeButtonProps={{ "aria-label": w.common.close }}
        styles={{ title: { fontWeight: 650 } }}
      >
        <form onSubmit={send}>
          <Stack>
            <TextInput
              label={w.common.name}
              value={name}
              onChange={(change) => setName(change.currentTarget.value)}
              maxLength={200}
              data-autofocus
              required
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {w.common.cancel}
              </Button>
              <Button type="submit" loading={create.isPending}>
                {w.lists.createDo}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
