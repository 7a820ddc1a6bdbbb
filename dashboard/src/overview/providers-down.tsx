/** Says, as long as it is so, which provider does not answer. */
import { Stack, Text } from "@mantine/core";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { Moment } from "../pieces/moment";
import { Notice } from "../pieces/notice";
import { useSpeech } from "../words/words";
import { useHealth } from "./queries";

export function ProvidersDown() {
  const { w } = useSpeech();
  const down = useHealth().data?.providers_down ?? [];
  return down.map(({ service, since, next_try, detail }) => (
    <Notice
      key={service}
      tone="doubt"
      mb="md"
      title={w.sending.downTitle(service)}
      icon={<IconPlugConnectedX aria-hidden />}
    >
      <Stack gap={4}>
        <Text size="sm">
          {w.consent.pausedSince} <Moment at={since} size="sm" />, {w.sending.down} {w.consent.pausedNext}{" "}
          <Moment at={next_try} size="sm" />.
        </Text>
        {detail && (
          <Text size="xs" style={{ overflowWrap: "anywhere" }}>
            {w.consent.pausedSaid} {detail}
          </Text>
        )}
      </Stack>
    </Notice>
  ));
}
