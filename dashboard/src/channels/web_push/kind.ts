import { IconBellRinging } from "@tabler/icons-react";
import type { ChannelKind } from "../kind";
import { WebPushPreview } from "./preview";

export const webPush: ChannelKind = {
  icon: IconBellRinging,
  Preview: WebPushPreview,
  measures: ["delivered", "dismissed"],
  impliesConsent: true,
  readable: false,
};
