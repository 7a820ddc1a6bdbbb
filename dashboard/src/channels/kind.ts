/** What the pages need to know of a kind of channel beyond what the server publishes of it. */
import type { ComponentType } from "react";
import type { Message } from "../api/types";

export type ChannelKind = {
  icon: ComponentType<{ size?: number; stroke?: number; style?: object; "aria-hidden"?: boolean }>;
  /** A message as it will look, its variables as written or filled in. */
  Preview: ComponentType<{ content: Message["content"] }>;
  /** What is known of a message besides clicks. */
  measures: readonly ("delivered" | "opened" | "dismissed" | "bounced")[];
  /** Consent comes with the address: the browser or the phone has asked. */
  impliesConsent: boolean;
  /** Whether the address says anything to a reader. */
  readable: boolean;
};

export const text = (value: unknown) => (typeof value === "string" ? value : "");
