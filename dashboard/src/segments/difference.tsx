/** What is different between two versions of a segment, in sentences. */
import { Box, Group, Stack, Text } from "@mantine/core";
import { IconArrowsShuffle, IconMinus, IconPencil, IconPlus } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Difference } from "../api/types";
import { capital } from "../words/sentences";
import { useSpeech } from "../words/words";

function Line({
  icon,
  tone,
  name,
  children,
}: {
  icon: ReactNode;
  tone: "good" | "bad" | "quiet";
  name?: string;
  children: ReactNode;
}) {
  return (
    <Group gap={8} wrap="nowrap" align="flex-start" component="li">
      <Box
        c={`var(--${tone}-text)`}
        bg={`var(--${tone}-soft)`}
        role={name ? "img" : undefined}
        aria-label={name}
        style={{ borderRadius: 6, padding: 2, lineHeight: 0, marginTop: 2, flexShrink: 0 }}
      >
        {icon}
      </Box>
      <Text size="sm" style={{ overflowWrap: "anywhere", minWidth: 0 }}>
        {children}
      </Text>
    </Group>
  );
}

export function Changed({ difference }: { difference: Difference }) {
  const { w, f, language } = useSpeech();
  const { renamed, added, removed, regrouped } = difference;
  const nothing = renamed === null && added.length + removed.length === 0 && !regrouped;
  if (nothing)
    return (
      <Text size="sm" c="dimmed">
        {w.versions.same}
      </Text>
    );
  return (
    <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
      {renamed && (
        <Line tone="quiet" icon={<IconPencil size={14} aria-hidden />}>
          {w.versions.renamed(renamed.before, renamed.after)}
        </Line>
      )}
      {added.map((one, place) => (
        <Line key={`a${place}`} tone="good" name={w.versions.added} icon={<IconPlus size={14} aria-hidden />}>
          {capital(one.sentence[language], f)}
        </Line>
      ))}
      {removed.map((one, place) => (
        <Line key={`r${place}`} tone="bad" name={w.versions.removed} icon={<IconMinus size={14} aria-hidden />}>
          {capital(one.sentence[language], f)}
        </Line>
      ))}
      {regrouped && (
        <Line tone="quiet" icon={<IconArrowsShuffle size={14} aria-hidden />}>
          {w.versions.regrouped}
        </Line>
      )}
    </Stack>
  );
}
