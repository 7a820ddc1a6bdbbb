/**
 * Says, as long as it is so, that this app sends faster than its events settle, and what that means. Empty while all is
 * well.
 */
import { Text } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { Notice } from "../pieces/notice";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { useHealth } from "./queries";

export function TooFast() {
  const { w, f } = useSpeech();
  const { id } = useApp();
  const held = useHealth().data?.backlogged?.find((one) => one.app === id);
  if (!held) return null;
  return (
    <Notice
      tone="doubt"
      mb="md"
      icon={<IconHandStop aria-hidden />}
      title={w.overview.tooFast(f.number(held.unsettled))}
    >
      <Text size="sm">{w.overview.tooFastBody}</Text>
      {held.refused > 0 && (
        <Text size="sm" mt={4}>
          {w.overview.tooFastRefused(f.number(held.refused))}
        </Text>
      )}
    </Notice>
  );
}
