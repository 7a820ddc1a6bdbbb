import { IconDeviceMobile } from "@tabler/icons-react";
import type { ChannelKind } from "../kind";
import { MobilePushPreview } from "./preview";

export const mobilePush: ChannelKind = {
  icon: IconDeviceMobile,
  Preview: MobilePushPreview,
  measures: ["delivered", "dismissed"],
  impliesConsent: true,
  readable: false,
};
