/** A question before something that cannot be taken back, or that people will feel. */
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactElement, type ReactNode, useState } from "react";
import { useSpeech } from "../words/words";

type ConfirmProps = {
  title: string;
  body: ReactNode;
  action: string;
  danger?: boolean;
  possible?: boolean;
  word?: string;
  run: () => Promise<unknown>;
  children: (open: () => void) => ReactElement;
};

/** `possible`: whether it may be done at all; where not, `body` says why. */
export function Confirm({ title, body, action, danger = false, possible = true, word, run, children }: ConfirmProps) {
  const { w } = useSpeech();
  const [opened, { open, close }] = useDisclosure(false);
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    try {
      await run();
      close();
    } catch {
      // Whoever runs it has told why; the question stays open.
    } finally {
      setBusy(false);
      setTyped("");
    }
  };
  return (
    <>
      {children(open)}
      <Modal
        opened={opened}
        onClose={close}
        title={title}
        closeButtonProps={{ "aria-label": w.common.close }}
        styles={{ title: { fontWeight: 650 } }}
      >
        <Stack>
          <Text size="sm" component="div">
            {body}
          </Text>
          {word && (
            <TextInput
              value={typed}
              onChange={(change) => setTyped(change.currentTarget.value)}
              placeholder={word}
              aria-label={word}
              data-autofocus
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {possible ? w.common.cancel : w.common.close}
            </Button>
            {possible && (
              <Button
                color={danger ? "red.9" : undefined}
                loading={busy}
                disabled={word !== undefined && typed !== word}
                onClick={() => void go()}
              >
                {action}
              </Button>
            )}
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
