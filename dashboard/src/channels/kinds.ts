/** The kinds of channel: a folder each, and a line here. */
import { emailKind } from "./email/kind";
import type { ChannelKind } from "./kind";
import { mobilePush } from "./mobile_push/kind";
import { smsKind } from "./sms/kind";
import { webPush } from "./web_push/kind";
import { webhookKind } from "./webhook/kind";

export const kinds = {
  email: emailKind,
  mobile_push: mobilePush,
  web_push: webPush,
  sms: smsKind,
  webhook: webhookKind,
} as const satisfies Record<string, ChannelKind>;

export type ChannelName = keyof typeof kinds;

export const channelNames = Object.keys(kinds) as ChannelName[];

export const kindOf = (channel: string): ChannelKind | undefined => (kinds as Record<string, ChannelKind>)[channel];
