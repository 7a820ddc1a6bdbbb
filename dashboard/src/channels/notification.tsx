/** A push message as a phone shows it. */
import { Stack, Text } from "@mantine/core";
import type { Message } from "../api/types";
import { PhoneFrame, PushCard } from "../sandbox/phone";
import { useSpeech } from "../words/words";
import { text } from "./kind";

function buttons(value: unknown): { title: string }[] {
  if (!Array.isArray(value)) return [];
  return value.map((one: { title?: unknown }) => ({ title: text(one?.title) })).filter((one) => one.title !== "");
}

export function Notification({ content }: { content: Message["content"] }) {
  const { w } = useSpeech();
  const lines = [text(content.subtitle), text(content.body)].filter((line) => line !== "");
  return (
    <Stack align="center" gap="sm">
      <PhoneFrame label={w.messages.phone}>
        <PushCard
          push={{
            title: text(content.title),
            body: lines.join("\n"),
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
