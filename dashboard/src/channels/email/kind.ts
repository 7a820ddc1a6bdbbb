import { IconMail } from "@tabler/icons-react";
import type { ChannelKind } from "../kind";
import { EmailPreview } from "./preview";

export const emailKind: ChannelKind = {
  icon: IconMail,
  Preview: EmailPreview,
  measures: ["opened", "bounced"],
  impliesConsent: false,
  readable: true,
};
