/** Named numbers, each with a bar of its share of the largest. */
import { Box, Group, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";

export type Bar = { key: string; label: ReactNode; value: number; text: string; to?: string; below?: ReactNode };

export function Bars({ bars, quiet = false }: { bars: Bar[]; quiet?: boolean }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  return (
    <Stack gap={12} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
      {bars.map((bar) => (
        <Box component="li" key={bar.key}>
          <Group justify="space-between" wrap="nowrap" gap="md" mb={4}>
            <Text size="sm" component="div" truncate>
              {bar.to ? (
                <Link to={bar.to} className="plain-link">
                  {bar.label}
                </Link>
              ) : (
                bar.label
              )}
            </Text>
            <Text size="sm" fw={600} className="tabular">
              {bar.text}
            </Text>
          </Group>
          <Box h={6} style={{ borderRadius: 3, background: "var(--line)" }} aria-hidden>
            {bar.value > 0 && (
              <Box
                h={6}
                w={`${Math.max(1, (bar.value / most) * 100)}%`}
                style={{ borderRadius: 3, background: quiet ? "var(--grey-mark)" : "var(--accent)" }}
              />
            )}
          </Box>
          {bar.below}
        </Box>
      ))}
    </Stack>
  );
}
