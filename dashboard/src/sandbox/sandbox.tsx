import { Tabs } from "@mantine/core";
import { IconDeviceMobile, IconMail, IconSandbox, IconWebhook } from "@tabler/icons-react";
import { useSearchParams } from "react-router";
import { Failure } from "../api/client";
import { Card, Page } from "../pieces/page";
import { Empty } from "../pieces/states";
import { useSpeech } from "../words/words";
import { Mailbox } from "./mailbox";
import { Phones } from "./phones";
import { usePhones } from "./queries";
import { WebhookLog } from "./webhook-log";

const tabs = ["phones", "mail", "webhooks"];

export function Sandbox() {
  const { w } = useSpeech();
  const [search, setSearch] = useSearchParams();
  const asked = search.get("tab") ?? "";
  const tab = tabs.includes(asked) ? asked : "phones";
  const { error } = usePhones();
  const off = error instanceof Failure && error.status === 404;
  return (
    <Page title={w.sandbox.title} line={w.sandbox.body}>
      {off ? (
        <Card>
          <Empty icon={IconSandbox} title={w.sandbox.off} />
        </Card>
      ) : (
        <Tabs
          value={tab}
          onChange={(value) => setSearch({ tab: value ?? "phones" }, { replace: true })}
          keepMounted={false}
        >
          <Tabs.List mb="lg">
            <Tabs.Tab value="phones" leftSection={<IconDeviceMobile size={17} aria-hidden />}>
              {w.sandbox.phones}
            </Tabs.Tab>
            <Tabs.Tab value="mail" leftSection={<IconMail size={17} aria-hidden />}>
              {w.sandbox.mail}
            </Tabs.Tab>
            <Tabs.Tab value="webhooks" leftSection={<IconWebhook size={17} aria-hidden />}>
              {w.sandbox.webhooks}
            </Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="phones">
            <Phones />
          </Tabs.Panel>
          <Tabs.Panel value="mail">
            <Mailbox />
          </Tabs.Panel>
          <Tabs.Panel value="webhooks">
            <WebhookLog />
          </Tabs.Panel>
        </Tabs>
      )}
    </Page>
  );
}
