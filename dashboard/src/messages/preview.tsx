/** A message as it will look, its variables as written. */
import { Box, Stack, Text } from "@mantine/core";
import type { Message } from "../api/types";
import { Mailing } from "../sandbox/mailing";
import { PhoneFrame, PushCard } from "../sandbox/phone";
import { useSpeech } from "../words/words";

const text = (value: unknown) => (typeof value === "string" ? value : "");

function buttons(value: unknown): { title: string }[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: { title?: unknown }) => ({ title: text(one?.title) })).filter((one) => one.title !== "");
}

export function MessagePreview({ message }: { message: Message }) {
  const { w } = useSpeech();
  const { content } = message;
  if (message.channel === "web_push") {
    return (
      <Stack align="center" gap="sm">
        <PhoneFrame label={w.messages.phone}>
          <PushCard
            push={{
              title: text(content.title),
              body: text(content.body),
              image: text(content.image),
              buttons: buttons(content.buttons),
            }}
          />
        </PhoneFrame>
        {text(content.url) && (
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {w.messages.opens} {text(content.url)}
          </Text>
        )}
      </Stack>
    );
  }
  return (
    <Box>
      <Text size="xs" c="dimmed">
        {w.messages.subject}
      </Text>
      <Text fw={600}>{text(content.subject)}</Text>
      {text(content.preheader) && (
        <Text size="sm" c="dimmed">
          {text(content.preheader)}
        </Text>
      )}
      <Box mt="md">
        <Mailing html={text(content.html)} text={text(content.text)} label={w.messages.preview} />
      </Box>
    </Box>
  );
}
