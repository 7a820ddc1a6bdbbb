import { Group, Table } from "@mantine/core";
import { IconListDetails } from "@tabler/icons-react";
import { Link } from "react-router";
import { Moment } from "../pieces/moment";
import { Card, Page } from "../pieces/page";
import { Empty, Loaded } from "../pieces/states";
import { useLists } from "../segments/queries";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { NewList } from "./new";
import { useListSizes } from "./queries";

function Size({ list }: { list: number }) {
  const { f } = useSpeech();
  const size = useListSizes().data?.get(list);
  return <>{size === undefined ? "–" : f.number(size)}</>;
}

export function ListList() {
  const { w } = useSpeech();
  const { page } = useApp();
  const lists = useLists();
  const some = lists.data !== undefined && lists.data.length > 0;
  return (
    <Page title={w.lists.title} line={w.lists.line} actions={some && <NewList />}>
      <Card flush>
        <Loaded query={lists} rows={4} height={34}>
          {(items) =>
            items.length === 0 ? (
              <Empty
                icon={IconListDetails}
                title={w.lists.empty}
                action={
                  <Group mt="sm">
                    <NewList />
                  </Group>
                }
              >
                {w.lists.emptyBody}
              </Empty>
            ) : (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{w.common.name}</Table.Th>
                    <Table.Th ta="right">{w.segments.size}</Table.Th>
                    <Table.Th ta="right" visibleFrom="xs">
                      {w.lists.made}
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((one) => (
                    <Table.Tr key={one.id}>
                      <Table.Td>
                        <Link to={page(`lists/${one.id}`)} className="plain-link" style={{ fontWeight: 600 }}>
                          {one.name}
                        </Link>
                      </Table.Td>
                      <Table.Td ta="right">
                        <Size list={one.id} />
                      </Table.Td>
                      <Table.Td ta="right" visibleFrom="xs">
                        <Moment at={one.created_at} size="sm" />
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )
          }
        </Loaded>
      </Card>
    </Page>
  );
}
