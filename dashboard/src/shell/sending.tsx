/** The switch that stops all sending, and the banner nobody can miss while it is off. */
import { Box, Button, Group, Text } from "@mantine/core";
import { IconHandStop, IconPlayerPlay } from "@tabler/icons-react";
import { server, take } from "../api/client";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { useSpeech } from "../words/words";
import { useApp } from "./app";

function useSending() {
  const { params } = useApp();
  return useChange({
    run: (paused: boolean) => take(server.PUT("/api/v1/apps/{app}/sending", { params, body: { paused } })),
    touches: [["apps"]],
  });
}

export function SendingBanner() {
  const { w } = useSpeech();
  const { app } = useApp();
  const sending = useSending();
  if (!app?.settings.sending_paused) return null;
  return (
    <Box role="status" px="md" py={10} style={{ background: "#8a1c1c", color: "#fff" }}>
      <Group justify="space-between" gap="sm" maw={1240} mx="auto">
        <Group gap="sm" wrap="nowrap" style={{ flex: "1 1 300px" }}>
          <IconHandStop size={20} aria-hidden style={{ flexShrink: 0 }} />
          <Text size="sm" fw={550}>
            {w.sending.stopped}
          </Text>
        </Group>
        <Button
          size="xs"
          variant="white"
          color="dark"
          c="#7a1414"
          bg="#fff"
          leftSection={<IconPlayerPlay size={14} aria-hidden />}
          loading={sending.isPending}
          onClick={() => sending.mutate(false)}
        >
          {w.sending.resume}
        </Button>
      </Group>
    </Box>
  );
}

export function StopSending() {
  const { w } = useSpeech();
  const { app } = useApp();
  const sending = useSending();
  if (!app || app.settings.sending_paused) return null;
  return (
    <Confirm
      title={w.sending.stopTitle}
      body={w.sending.stopBody}
      action={w.sending.stop}
      danger
      run={() => sending.mutateAsync(true)}
    >
      {(open) => (
        <Button
          variant="default"
          size="xs"
          fullWidth
          leftSection={<IconHandStop size={15} aria-hidden />}
          onClick={open}
        >
          {w.sending.stop}
        </Button>
      )}
    </Confirm>
  );
}
