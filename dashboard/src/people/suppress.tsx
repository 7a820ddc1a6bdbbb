/** Putting addresses on the suppression list: one by hand, or those of a file, with the lines that could not be taken. */
import { Alert, Button, FileButton, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFileUpload, IconPlus } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { components } from "../api/schema";
import { useChange } from "../pieces/change";
import { errorText } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";

type Imported = components["schemas"]["SuppressionsImported"];
type Channel = components["schemas"]["NewSuppressionEntry"]["channel"];

const largest = 50_000_000; // bytes of a file, as the server takes it

export function SuppressAddress() {
  const { w } = useSpeech();
  const { id, params } = useApp();
  const words = w.suppression;
  const [opened, { open, close }] = useDisclosure(false);
  const [channel, setChannel] = useState<string>("email");
  const [address, setAddress] = useState("");
  const [note, setNote] = useState("");
  const add = useChange({
    run: () =>
      take(
        server.POST("/api/v1/apps/{app}/suppressions", {
          params,
          body: { address, note, country: "", channel: channel as Channel },
        }),
      ),
    touches: [["suppressions", id]],
    done: w.consent.blocked,
    told: () => true,
  });
  const send = (submitted: FormEvent) => {
    submitted.preventDefault();
    add.mutate(undefined, {
      onSuccess: () => {
        setAddress("");
        setNote("");
        close();
      },
    });
  };
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
        {words.add}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={words.add}
        closeButtonProps={{ "aria-label": w.common.close }}
        styles={{ title: { fontWeight: 650 } }}
      >
        <form onSubmit={send}>
          <Stack>
            <Text size="sm">{words.addBody}</Text>
            <Select
              label={words.channel}
              allowDeselect={false}
              data={Object.entries(w.messages.channel).map(([value, label]) => ({ value, label }))}
              value={channel}
              onChange={(value) => value !== null && setChannel(value)}
            />
            <TextInput
              label={words.address}
              value={address}
              onChange={(change) => setAddress(change.currentTarget.value)}
              error={add.isError && errorText(add.error, w)}
              data-autofocus
              required
            />
            <TextInput
              label={words.note}
              description={words.noteHelp}
              maxLength={500}
              value={note}
              onChange={(change) => setNote(change.currentTarget.value)}
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {w.common.cancel}
              </Button>
              <Button type="submit" loading={add.isPending}>
                {words.addDo}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}

function Report({ done }: { done: Imported }) {
  const { w, f } = useSpeech();
  const words = w.suppression;
  return (
    <Stack gap="sm" role="status">
      <Text size="sm" fw={600}>
        {words.imported(done.added)}
      </Text>
      {done.already > 0 && <Text size="sm">{words.already(done.already)}</Text>}
      {done.bad_lines > 0 && (
        <Alert color="yellow" variant="light" title={words.badLines(done.bad_lines)}>
          {done.bad.slice(0, 10).map((one) => (
            <Text key={one.line} size="sm" style={{ overflowWrap: "anywhere" }}>
              {words.atLine(f.number(one.line))} {w.error(one)}
            </Text>
          ))}
          {done.bad_lines > 10 && "…"}
        </Alert>
      )}
    </Stack>
  );
}

export function SuppressFile() {
  const { w } = useSpeech();
  const { id, params } = useApp();
  const words = w.suppression;
  const [file, setFile] = useState<File | null>(null);
  const send = useChange({
    run: (chosen: File) =>
      take(
        server.POST("/api/v1/apps/{app}/suppressions/import", {
          params: { ...params, query: {} },
          body: chosen as never,
          bodySerializer: (whole) => whole,
          headers: { "content-type": "application/octet-stream" },
        }),
      ),
    touches: [["suppressions", id]],
    told: () => true,
  });
  const choose = (chosen: File | null) => {
    setFile(chosen);
    send.reset();
    if (chosen !== null && chosen.size <= largest) send.mutate(chosen);
  };
  const tooLarge = file !== null && file.size > largest;
  return (
    <>
      <FileButton onChange={choose} accept=".csv,.txt,text/plain,text/csv" inputProps={{ "aria-label": words.file }}>
        {(props) => (
          <Button
            {...props}
            variant="default"
            loading={send.isPending}
            leftSection={<IconFileUpload size={16} aria-hidden />}
          >
            {words.file}
          </Button>
        )}
      </FileButton>
      <Modal
        opened={file !== null && !send.isPending}
        onClose={() => setFile(null)}
        title={file?.name}
        closeButtonProps={{ "aria-label": w.common.close }}
        styles={{ title: { fontWeight: 650, overflowWrap: "anywhere" } }}
      >
        {tooLarge && <Text size="sm">{words.tooLarge}</Text>}
        {send.isError && (
          <Alert color="red" variant="light" title={w.lists.fileUnread} role="alert">
            {errorText(send.error, w)}
          </Alert>
        )}
        {send.data && <Report done={send.data} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setFile(null)}>
            {w.common.close}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
