/** A push message as a phone shows it; of a silent one there is nothing to see. */
import { Text } from "@mantine/core";
import type { Message } from "../../api/types";
import { useSpeech } from "../../words/words";
import { Notification } from "../notification";

export function MobilePushPreview({ content }: { content: Message["content"] }) {
  const { w } = useSpeech();
  if (content.silent === true) return <Text c="dimmed">{w.messages.silent}</Text>;
  return <Notification content={content} />;
}
