/** What waits to be sent, by channel: how many, how long, and what holds it back until when. */
import { Box, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import type { ChannelQueue } from "../api/types";
import { ChannelIcon } from "../messages/list";
import { Card } from "../pieces/page";
import { Loaded } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useCaps } from "../restraint/queries";
import { useApp } from "../shell/app";
import { queue as english } from "../words/en/queue";
import { queue as french } from "../words/fr/queue";
import { useSpeech } from "../words/words";
import { queueSentences } from "./queue-sentences";

const WORDS = { en: english, fr: french };

function useQueueWords() {
  const speech = useSpeech();
  return { ...speech, words: WORDS[speech.language] };
}

function useQueue() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["queue", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/queue", { params })),
    refetchInterval: 10_000,
  });
}

function ChannelRow({ one, now }: { one: ChannelQueue; now: number }) {
  const tongue = useQueueWords();
  const { w, f, words } = tongue;
  const caps = useCaps().data;
  const capName = (heldBy: string) => caps?.find((cap) => heldBy === `cap:${cap.id}`)?.name;
  const lines = queueSentences(one, now, capName, tongue);
  const count = f.number(one.waiting);
  return (
    <Box component="li" p="md" style={{ borderTop: "1px solid var(--line)" }}>
      <Group justify="space-between" gap="sm">
        <Group gap="sm" wrap="nowrap">
          <ChannelIcon channel={one.channel} />
          <Text fw={600}>{w.messages.channel[one.channel] ?? one.channel}</Text>
        </Group>
        {(one.waiting > 0 || one.is_more) && (
          <Label tone={one.is_more ? "doubt" : "quiet"}>
            {one.is_more ? words.waitingMore(count) : words.waiting(count)}
          </Label>
        )}
      </Group>
      <Stack gap={4} mt={6} pl={{ base: 0, sm: 30 }}>
        {lines.map((line) => (
          <Text key={line} size="sm">
            {line}
          </Text>
        ))}
        {lines.length === 0 && (
          <Text size="sm" c="dimmed">
            {words.nothing}
          </Text>
        )}
      </Stack>
    </Box>
  );
}

export function Queue() {
  const { words } = useQueueWords();
  return (
    <Card title={words.title} line={words.line} flush>
      <Loaded query={useQueue()} rows={5} height={34}>
        {({ now, channels }) => (
          <Box component="ul" m={0} p={0} style={{ listStyle: "none" }}>
            {channels.map((one) => (
              <ChannelRow key={one.channel} one={one} now={now} />
            ))}
          </Box>
        )}
      </Loaded>
    </Card>
  );
}
