/** One number with its name: the row of figures at the top of a page. */
import { Box, SimpleGrid, Skeleton, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { Card } from "./page";

export type FigureData = { label: string; value: ReactNode; detail?: ReactNode; accent?: boolean };

export function Figure({ label, value, detail, accent }: FigureData) {
  return (
    <Card>
      <Text size="sm" c="dimmed" fw={500} lineClamp={2}>
        {label}
      </Text>
      <Text
        component="div"
        className="tabular"
        fz={{ base: 24, sm: 28 }}
        fw={650}
        lts="-0.02em"
        lh={1.25}
        mt={4}
        style={{ overflowWrap: "anywhere" }}
        c={accent ? "var(--accent-text)" : undefined}
      >
        {value}
      </Text>
      <Text component="div" size="xs" c="dimmed" mt={2} mih={18}>
        {detail}
      </Text>
    </Card>
  );
}

export function Figures({
  items,
  columns,
  count = columns,
}: {
  items: FigureData[] | undefined;
  columns: number;
  count?: number;
}) {
  const shown =
    items ??
    Array.from(
      { length: count },
      (_, place): FigureData => ({ label: "", value: <Skeleton key={place} height={28} mt={8} width="60%" /> }),
    );
  return (
    <Box mb="md">
      <SimpleGrid cols={{ base: 2, md: Math.min(3, columns), lg: columns }} spacing={{ base: "xs", sm: "md" }}>
        {shown.map((item, place) => (
          <Figure key={item.label || place} {...item} />
        ))}
      </SimpleGrid>
    </Box>
  );
}
