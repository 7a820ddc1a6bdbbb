/** A message as it will look, its variables as written. */
import type { Message } from "../api/types";
import { kindOf } from "../channels/kinds";

export function MessagePreview({ message }: { message: Message }) {
  const Preview = kindOf(message.channel)?.Preview;
  return Preview ? <Preview content={message.content} /> : null;
}
