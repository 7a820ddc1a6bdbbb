/** The table of what an app has given out: keys, webhooks. A row has a cell for each head, and the actions last. */
import { Table, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import { useSpeech } from "../words/words";

export function GivenOut({ what, when, children }: { what: string; when: string; children: ReactNode }) {
  const { w } = useSpeech();
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{what}</Table.Th>
          <Table.Th>{w.common.state}</Table.Th>
          <Table.Th visibleFrom="sm">{when}</Table.Th>
          <Table.Th>
            <VisuallyHidden>{w.common.actions}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  );
}
