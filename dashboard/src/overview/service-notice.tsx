/** A service to which messages do not go at the moment: since when, why, the next try, and what it said. */
import { Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { PushPause } from "../api/types";
import { Moment } from "../pieces/moment";
import { Notice } from "../pieces/notice";
import type { Tone } from "../pieces/tone";
import { useSpeech } from "../words/words";

export function ServiceNotice({
  pause,
  tone,
  title,
  icon,
  why,
  todo,
}: {
  pause: PushPause;
  tone: Tone;
  title: string;
  icon: ReactNode;
  why: string;
  todo?: string;
}) {
  const { w } = useSpeech();
  return (
    <Notice tone={tone} mb="md" title={title} icon={icon}>
      <Stack gap={4}>
        <Text size="sm">
          {w.consent.pausedSince} <Moment at={pause.since} size="sm" />, {why} {w.consent.pausedNext}{" "}
          <Moment at={pause.next_try} size="sm" />.
        </Text>
        {todo && <Text size="sm">{todo}</Text>}
        {pause.detail && (
          <Text size="xs" style={{ overflowWrap: "anywhere" }}>
            {w.consent.pausedSaid} {pause.detail}
          </Text>
        )}
      </Stack>
    </Notice>
  );
}
