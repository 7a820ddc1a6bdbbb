/** Says, as long as it is so, that a push service refuses our key, and what to do. */
import { Stack, Text } from "@mantine/core";
import { IconPlayerPause } from "@tabler/icons-react";
import { Moment } from "../pieces/moment";
import { Notice } from "../pieces/notice";
import { useSpeech } from "../words/words";
import { useHealth } from "./queries";

export function PushPaused() {
  const { w } = useSpeech();
  const paused = useHealth().data?.push_paused ?? [];
  return paused.map(({ service, since, next_try, detail }) => (
    <Notice
      key={service}
      tone="bad"
      mb="md"
      title={w.consent.pausedTitle(service)}
      icon={<IconPlayerPause aria-hidden />}
    >
      <Stack gap={4}>
        <Text size="sm">
          {w.consent.pausedSince} <Moment at={since} size="sm" />, {w.consent.paused} {w.consent.pausedNext}{" "}
          <Moment at={next_try} size="sm" />.
        </Text>
        <Text size="sm">{w.consent.pausedDo}</Text>
        {detail && (
          <Text size="xs" style={{ overflowWrap: "anywhere" }}>
            {w.consent.pausedSaid} {detail}
          </Text>
        )}
      </Stack>
    </Notice>
  ));
}
