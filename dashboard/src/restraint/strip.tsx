/** A day as a strip: when messages are sent, and when it is quiet. */
import { Box, Group, Text } from "@mantine/core";
import { quietParts } from "./sentences";
import { useRestraintWords } from "./wording";

const wholeDay = 1_440;
const marks = [0, 6, 12, 18, 24];
const share = (minutes: number) => `${(minutes / wholeDay) * 100}%`;
const quietGround = "repeating-linear-gradient(135deg, var(--grey-mark) 0 3px, transparent 3px 7px), var(--quiet-soft)";

/** From `start` to `end` it is quiet; the sentence beside it says so to those who do not see it. */
export function DayStrip({ start, end }: { start: string; end: string }) {
  return (
    <Box maw={520} mt={8} aria-hidden>
      <Box pos="relative" h={12} style={{ borderRadius: 4, background: "var(--accent)", overflow: "hidden" }}>
        {quietParts(start, end).map(([from, to]) => (
          <Box
            key={from}
            pos="absolute"
            top={0}
            bottom={0}
            left={share(from)}
            w={share(to - from)}
            style={{ background: quietGround }}
          />
        ))}
      </Box>
      <Group justify="space-between" mt={2}>
        {marks.map((hour) => (
          <Text key={hour} size="xs" c="dimmed" className="tabular">
            {hour}
          </Text>
        ))}
      </Group>
    </Box>
  );
}

export function StripLegend() {
  const { words } = useRestraintWords();
  const parts = [
    [words.quiet.sent, "var(--accent)"],
    [words.quiet.held, quietGround],
  ] as const;
  return (
    <Group gap="lg" mt="xs">
      {parts.map(([name, background]) => (
        <Group key={name} gap={7} wrap="nowrap">
          <Box w={22} h={10} style={{ borderRadius: 3, background }} aria-hidden />
          <Text size="xs" c="dimmed">
            {name}
          </Text>
        </Group>
      ))}
    </Group>
  );
}
