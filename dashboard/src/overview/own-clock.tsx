/**
 * Says that the server's clock is not ours: a demo plays its story at a time of its own, and its dates would puzzle.
 */
import { Text } from "@mantine/core";
import { IconClock } from "@tabler/icons-react";
import { Notice } from "../pieces/notice";
import { useSpeech } from "../words/words";
import { useHealth } from "./queries";

const FAR = 12 * 3_600_000; // ms; no two clocks that are set are so far apart

export function OwnClock() {
  const { w, f } = useSpeech();
  const health = useHealth();
  const now = health.data?.now;
  if (typeof now !== "number" || Math.abs(now - health.dataUpdatedAt) < FAR) return null;
  return (
    <Notice tone="quiet" mb="md" icon={<IconClock aria-hidden />} title={w.saw.ownClock(f.moment(now))}>
      <Text size="sm">{w.saw.ownClockBody}</Text>
    </Notice>
  );
}
