/** The alarm: what is shown is older than the settings allow, or nothing is settled at all. Empty while all is well. */
import { Text } from "@mantine/core";
import { IconClockExclamation } from "@tabler/icons-react";
import { Notice } from "../pieces/notice";
import { useSpeech } from "../words/words";
import { useHealth } from "./queries";

export function Late() {
  const { w, f } = useSpeech();
  const health = useHealth();
  const gone = health.isError;
  if (!gone && !health.data?.late) return null;
  return (
    <Notice
      tone="bad"
      mb="md"
      icon={<IconClockExclamation aria-hidden />}
      title={gone ? w.overview.gone : w.overview.late(f.span(health.data?.lag_ms ?? 0))}
    >
      <Text size="sm">{gone ? w.overview.goneBody : w.overview.lateBody}</Text>
    </Notice>
  );
}
