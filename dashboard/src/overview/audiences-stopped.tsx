/** Says, as long as it is so, that an audience has stopped since too many of its messages fail, and lets an operator decide. */
import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { Link } from "react-router";
import { server, take } from "../api/client";
import type { components } from "../api/schema";
import { useMessageName } from "../messages/queries";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Moment } from "../pieces/moment";
import { Notice } from "../pieces/notice";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { useAudiences } from "./queries";

type Audience = components["schemas"]["AudienceAnswer"];

function Stopped({ one }: { one: Audience }) {
  const { w, f } = useSpeech();
  const { id, page } = useApp();
  const words = w.suppression.audience;
  const name = useMessageName()(one.message_id) ?? String(one.message_id);
  const params = { path: { app: id, audience: one.id } };
  const touches = [
    ["audiences", id],
    ["queue", id],
  ];
  const resume = useChange({
    run: () => take(server.POST("/api/v1/apps/{app}/audiences/{audience}/resume", { params })),
    touches,
    done: words.resumed,
  });
  const cancel = useChange({
    run: () => take(server.POST("/api/v1/apps/{app}/audiences/{audience}/cancel", { params })),
    touches,
    done: words.cancelled,
  });
  return (
    <Notice tone="bad" mb="md" title={words.title(name)} icon={<IconHandStop aria-hidden />}>
      <Stack gap={6}>
        <Text size="sm">
          {w.consent.pausedSince} <Moment at={one.stopped_at ?? 0} size="sm" />.{" "}
          {words.why(f.share(one.failed, one.rendered), f.number(one.failed), f.number(one.rendered))}
        </Text>
        <Text size="sm">
          {words.todo}{" "}
          <Anchor component={Link} to={page(`messages/${one.message_id}`)} size="sm" underline="always">
            {words.open}
          </Anchor>
        </Text>
        <Group gap="xs">
          <Confirm
            title={words.resumeTitle}
            action={words.resume}
            body={words.resumeBody}
            run={() => resume.mutateAsync(undefined)}
          >
            {(open) => (
              <Button size="xs" variant="default" onClick={open}>
                {words.resume}
              </Button>
            )}
          </Confirm>
          <Confirm
            title={words.cancelTitle}
            action={words.cancel}
            danger
            body={words.cancelBody}
            run={() => cancel.mutateAsync(undefined)}
          >
            {(open) => (
              <Button size="xs" variant="default" onClick={open}>
                {words.cancel}
              </Button>
            )}
          </Confirm>
        </Group>
      </Stack>
    </Notice>
  );
}

export function AudiencesStopped() {
  const found = useAudiences().data?.filter((one) => one.state === "stopped") ?? [];
  return found.map((one) => <Stopped key={one.id} one={one} />);
}
