import { IconWebhook } from "@tabler/icons-react";
import type { ChannelKind } from "../kind";
import { WebhookPreview } from "./preview";

export const webhookKind: ChannelKind = {
  icon: IconWebhook,
  Preview: WebhookPreview,
  measures: [],
  impliesConsent: true,
  readable: false,
};
