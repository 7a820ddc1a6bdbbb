/** The webhooks that came: what each said, whether it was signed, and what it was answered. */
import { Code, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconChevronDown, IconWebhook } from "@tabler/icons-react";
import { useState } from "react";
import type { ReceivedWebhook } from "../api/types";
import { Moment } from "../pieces/moment";
import { itemsOf, More } from "../pieces/more";
import { Card } from "../pieces/page";
import { Empty, Failed, Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useSpeech } from "../words/words";
import classes from "./mailbox.module.css";
import { useReceivedWebhooks } from "./queries";

/** As a person reads it: JSON on lines of its own, anything else as it came. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function Signed({ is }: { is: boolean | null }) {
  const { w } = useSpeech();
  if (is === null) return <Label tone="quiet">{w.sandbox.signatureUnknown}</Label>;
  return <Label tone={is ? "good" : "bad"}>{is ? w.sandbox.signed : w.sandbox.notSigned}</Label>;
}

function Line({ webhook }: { webhook: ReceivedWebhook }) {
  const { w } = useSpeech();
  const [isOpen, setOpen] = useState(false);
  return (
    <div>
      <UnstyledButton className={classes.item} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <Group justify="space-between" gap="sm">
          <Group gap="sm">
            <IconChevronDown size={15} aria-hidden style={{ transform: isOpen ? "none" : "rotate(-90deg)" }} />
            <Text size="sm" fw={550}>
              {webhook.hook}
            </Text>
            <Code>{webhook.method}</Code>
            <Signed is={webhook.is_signed} />
            {webhook.repeats > 0 && (
              <Text size="xs" c="dimmed">
                {w.sandbox.cameAgain(webhook.repeats)}
              </Text>
            )}
          </Group>
          <Group gap="sm">
            <Text size="xs" c="dimmed">
              {w.sandbox.answered(webhook.status)}
            </Text>
            <Moment at={webhook.received_at} size="xs" c="dimmed" />
          </Group>
        </Group>
      </UnstyledButton>
      {isOpen && (
        <Stack gap="sm" p="md">
          <Text size="sm" fw={550}>
            {w.sandbox.headers}
          </Text>
          <Code block>
            {Object.entries(webhook.headers)
              .map(([name, value]) => `${name}: ${value}`)
              .join("\n")}
          </Code>
          <Text size="sm" fw={550}>
            {w.sandbox.bodyOfWebhook}
          </Text>
          <Code block>{readable(webhook.body) || "–"}</Code>
        </Stack>
      )}
    </div>
  );
}

export function WebhookLog() {
  const { w } = useSpeech();
  const webhooks = useReceivedWebhooks();
  const items = itemsOf(webhooks);
  if (webhooks.isError && items.length === 0)
    return <Failed error={webhooks.error} retry={() => void webhooks.refetch()} />;
  if (webhooks.data && items.length === 0) {
    return (
      <Card>
        <Empty icon={IconWebhook} title={w.sandbox.webhooksNone}>
          {w.sandbox.webhooksNoneBody}
        </Empty>
      </Card>
    );
  }
  return (
    <Card flush>
      {webhooks.isPending && <Waiting rows={6} height={40} />}
      {items.map((webhook) => (
        <Line key={webhook.id} webhook={webhook} />
      ))}
      <More query={webhooks} />
    </Card>
  );
}
