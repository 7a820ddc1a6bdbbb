/** A webhook as it leaves: its line, its headers, its body. */
import { Code, Stack, Text } from "@mantine/core";
import type { Message } from "../../api/types";
import { useSpeech } from "../../words/words";
import { text } from "../kind";

const lines = (value: unknown) =>
  value && typeof value === "object" ? Object.entries(value).map(([name, one]) => `${name}: ${text(one)}`) : [];

export function WebhookPreview({ content }: { content: Message["content"] }) {
  const { w } = useSpeech();
  const headers = lines(content.headers);
  const { body } = content;
  const hasBody = body !== null && typeof body === "object" && Object.keys(body).length > 0;
  return (
    <Stack gap="sm">
      <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
        {[`${text(content.method) || "POST"} ${text(content.url)}`, ...headers].join("\n")}
      </Code>
      {hasBody && <Code block>{JSON.stringify(body, null, 2)}</Code>}
      <Text size="sm" c="dimmed">
        {w.messages.webhookSigned}
      </Text>
    </Stack>
  );
}
