/** An e-mail as a mailbox shows it. */
import { Box, Text } from "@mantine/core";
import type { Message } from "../../api/types";
import { Mailing } from "../../sandbox/mailing";
import { useSpeech } from "../../words/words";
import { text } from "../kind";

export function EmailPreview({ content }: { content: Message["content"] }) {
  const { w } = useSpeech();
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
