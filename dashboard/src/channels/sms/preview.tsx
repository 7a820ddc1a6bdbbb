/** A text message as a phone shows it, and, once it is filled in, the parts it is sent in. */
import { Paper, Stack, Text } from "@mantine/core";
import type { Message } from "../../api/types";
import { PhoneFrame } from "../../sandbox/phone";
import { useSpeech } from "../../words/words";
import { text } from "../kind";

const texts = (value: unknown) => (Array.isArray(value) ? value.filter((one) => typeof one === "string") : []);

export function SmsPreview({ content }: { content: Message["content"] }) {
  const { w } = useSpeech();
  const { parts } = content;
  const forcing = texts(content.forcing);
  return (
    <Stack align="center" gap="sm">
      <PhoneFrame label={w.messages.phone}>
        <Paper radius="lg" p="sm">
          <Text size="sm" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
            {text(content.body)}
          </Text>
        </Paper>
      </PhoneFrame>
      {typeof parts === "number" && (
        <Text size="sm" c="dimmed" ta="center">
          {w.messages.parts(parts, typeof content.left === "number" ? content.left : 0)}
          {forcing.length > 0 && ` ${w.messages.forcing(forcing.join(" "))}`}
        </Text>
      )}
    </Stack>
  );
}
