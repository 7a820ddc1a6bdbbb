import { IconMessage } from "@tabler/icons-react";
import type { ChannelKind } from "../kind";
import { SmsPreview } from "./preview";

export const smsKind: ChannelKind = {
  icon: IconMessage,
  Preview: SmsPreview,
  measures: ["delivered", "bounced"],
  impliesConsent: false,
  readable: true,
};
