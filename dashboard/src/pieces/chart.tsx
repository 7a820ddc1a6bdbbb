/**
 * A chart over time. The drawing library comes in a chunk of its own; the same numbers are there as a table for
 * everybody.
 */
import { Box, Button, Group, Skeleton, Table, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { lazy, Suspense } from "react";
import { useSpeech } from "../words/words";
import { type ChartProps, ticks } from "./series";

const colors = { accent: "var(--accent)", second: "var(--second)", grey: "var(--grey-mark)" };

const Drawing = lazy(() => import("./drawing"));

export function Chart({ label, times, series, height = 260 }: ChartProps) {
  const { w, f } = useSpeech();
  const tick = ticks(times, f);
  const [open, { toggle }] = useDisclosure(false);
  return (
    <Box>
      {series.length > 1 && (
        <Group gap="4px 18px" mb="xs">
          {series.map((one) => (
            <Group key={one.name} gap={7} wrap="nowrap">
              <Box w={14} h={4} bg={colors[one.look]} style={{ borderRadius: 2 }} aria-hidden />
              <Text size="xs" c="dimmed">
                {one.name}
              </Text>
            </Group>
          ))}
        </Group>
      )}
      <Suspense fallback={<Skeleton height={height} radius="md" />}>
        <Drawing label={label} times={times} series={series} height={height} />
      </Suspense>
      <Button variant="subtle" size="compact-sm" mt="xs" ml={-8} onClick={toggle} aria-expanded={open}>
        {open ? w.overview.chartHide : w.overview.chartTable}
      </Button>
      {open && (
        <Table.ScrollContainer
          minWidth={320}
          mah={320}
          mt="xs"
          scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "region", "aria-label": label } }}
        >
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{w.overview.day}</Table.Th>
                {series.map((one) => (
                  <Table.Th key={one.name} ta="right">
                    {one.name}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {times.map((at, row) => (
                <Table.Tr key={at}>
                  <Table.Td>{tick(at)}</Table.Td>
                  {series.map((one) => (
                    <Table.Td key={one.name} ta="right" className="tabular">
                      {one.values[row] === null ? "–" : f.number(one.values[row] ?? 0)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Box>
  );
}
