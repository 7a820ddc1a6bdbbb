/**
 * The table of what was given out: keys, webhooks, sign-ins, operators. What it is, how it fares, when it was last
 * used, what can be done.
 */
import { Group, Table, Text, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import { useSpeech } from "../words/words";
import { Moment } from "./moment";

export type GivenRow = {
  id: number | string;
  name: ReactNode;
  mark?: ReactNode;
  line: ReactNode;
  trouble?: ReactNode;
  state?: ReactNode;
  at?: number | null;
  actions: ReactNode;
};

type GivenOutProps = { what: string; state?: string; when?: string; rows: GivenRow[] };

/**
 * `state` and `when` head the columns that there are; where there is no room for the latter it is a line under the
 * name.
 */
export function GivenOut({ what, state, when, rows }: GivenOutProps) {
  const { w } = useSpeech();
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{what}</Table.Th>
          {state && <Table.Th>{state}</Table.Th>}
          {when && <Table.Th visibleFrom="sm">{when}</Table.Th>}
          <Table.Th>
            <VisuallyHidden>{w.common.actions}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((one) => (
          <Table.Tr key={one.id}>
            <Table.Td style={{ overflowWrap: "anywhere" }}>
              <Group gap="xs">
                <Text size="sm" fw={550} component="div">
                  {one.name}
                </Text>
                {one.mark}
              </Group>
              <Text size="xs" c="dimmed">
                {one.line}
              </Text>
              {one.trouble}
              {when && (
                <Text size="xs" c="dimmed" hiddenFrom="sm">
                  {when}: <Moment at={one.at} size="xs" />
                </Text>
              )}
            </Table.Td>
            {state && <Table.Td>{one.state}</Table.Td>}
            {when && (
              <Table.Td visibleFrom="sm">
                <Moment at={one.at} size="sm" />
              </Table.Td>
            )}
            <Table.Td ta="right">{one.actions}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
