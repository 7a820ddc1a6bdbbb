/** One rule of restraint in a list: its name, what it says, and what can be done with it. */
import { Box, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

export function Rule({
  name,
  sentence,
  below,
  children,
}: {
  name?: string;
  sentence: string;
  below?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <Box component="li">
      <Group justify="space-between" align="flex-start" gap="4px 12px">
        <Box style={{ flex: "1 1 300px", minWidth: 0, overflowWrap: "anywhere" }}>
          {name && (
            <Text size="sm" fw={600}>
              {name}
            </Text>
          )}
          <Text size="sm">{sentence}</Text>
        </Box>
        {children && <Group gap={4}>{children}</Group>}
      </Group>
      {below}
    </Box>
  );
}
