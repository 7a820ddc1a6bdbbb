import type { Message } from "../../api/types";
import { Notification } from "../notification";

export function WebPushPreview({ content }: { content: Message["content"] }) {
  return <Notification content={content} />;
}
