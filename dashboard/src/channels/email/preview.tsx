/** An e-mail as a mailbox shows it. */
import { Anchor, Box, Group, Text } from "@mantine/core";
import { IconPaperclip } from "@tabler/icons-react";
import type { Message } from "../../api/types";
import { Mailing } from "../../sandbox/mailing";
import { useSpeech } from "../../words/words";
import { text } from "../kind";

type Attachment = { url: string; name: string; cid: string };

/** What goes along beside the text; pictures that the page shows are in it. */
function attachmentsOf(content: Message["content"]): Attachment[] {
  const given: unknown = content.attachments;
  const found = Array.isArray(given) ? (given as Record<string, unknown>[]) : [];
  return found
    .map((one) => ({ url: text(one.url), name: text(one.name), cid: text(one.cid) }))
    .filter((one) => one.cid === "");
}

function Attachments({ content }: { content: Message["content"] }) {
  const { w } = useSpeech();
  const some = attachmentsOf(content);
  if (some.length === 0) return null;
  return (
    <Group component="ul" gap="md" mt="sm" pl={0} aria-label={w.messages.attachments} style={{ listStyle: "none" }}>
      {some.map((one) => (
        <Group component="li" key={one.url} gap={4} wrap="nowrap" style={{ minWidth: 0 }}>
          <IconPaperclip size={15} aria-hidden style={{ flexShrink: 0 }} />
          {/^https?:\/\//.test(one.url) && !one.url.includes("{") ? (
            <Anchor href={one.url} target="_blank" rel="noreferrer" size="sm" style={{ overflowWrap: "anywhere" }}>
              {one.name || one.url}
            </Anchor>
          ) : (
            <Text size="sm" style={{ overflowWrap: "anywhere" }}>
              {one.name || one.url}
            </Text>
          )}
        </Group>
      ))}
    </Group>
  );
}

export function EmailPreview({ content }: { content: Message["content"] }) {
  const { w } = useSpeech();
  const unfilled = text(content.html) === "" && text(content.mjml) !== "";
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
      {text(content.reply_to) && (
        <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {w.messages.replyTo} {text(content.reply_to)}
        </Text>
      )}
      <Attachments content={content} />
      <Box mt="md">
        {unfilled ? (
          <Text size="sm" c="dimmed">
            {w.messages.mjmlUnfilled}
          </Text>
        ) : (
          <Mailing html={text(content.html)} text={text(content.text)} label={w.messages.preview} />
        )}
      </Box>
    </Box>
  );
}
