/** Says, as long as it is so, that marketing of a sending domain is stopped for complaints, and lets an operator resume it. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { server, take } from "../api/client";
import type { components } from "../api/schema";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Moment } from "../pieces/moment";
import { Notice } from "../pieces/notice";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { useSendingDomains } from "./queries";

type SendingDomain = components["schemas"]["SendingDomain"];

function Stopped({ one }: { one: SendingDomain }) {
  const { w, f } = useSpeech();
  const { id } = useApp();
  const words = w.suppression.stopped;
  const resume = useChange({
    run: () =>
      take(
        server.POST("/api/v1/apps/{app}/sending-domains/{domain}/resume", {
          params: { path: { app: id, domain: one.domain } },
        }),
      ),
    touches: [["sending-domains", id]],
    done: words.resumed,
  });
  const share = f.share(one.stopped_with_complained, one.stopped_with_delivered);
  return (
    <Notice tone="bad" mb="md" title={words.title(one.domain)} icon={<IconHandStop aria-hidden />}>
      <Stack gap={6}>
        <Text size="sm">
          {w.consent.pausedSince} <Moment at={one.stopped_at ?? 0} size="sm" />.{" "}
          {words.why(share, f.number(one.stopped_with_complained), f.number(one.stopped_with_delivered))}
        </Text>
        <Text size="sm">{words.todo}</Text>
        <Group>
          <Confirm
            title={words.resumeTitle}
            action={words.resumeDo}
            danger
            body={words.resumeBody(one.domain)}
            run={() => resume.mutateAsync(undefined)}
          >
            {(open) => (
              <Button size="xs" variant="default" onClick={open}>
                {words.resume}
              </Button>
            )}
          </Confirm>
        </Group>
      </Stack>
    </Notice>
  );
}

export function DomainsStopped() {
  const found = useSendingDomains().data?.filter((one) => one.stopped_at !== null) ?? [];
  return found.map((one) => <Stopped key={one.domain} one={one} />);
}
