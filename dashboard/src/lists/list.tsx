/** One list: who is on it, how to put people on it, and where it is used. */
import { Anchor, Button, Grid, Stack, Text } from "@mantine/core";
import { IconTrash, IconUsersGroup } from "@tabler/icons-react";
import { useMemo } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { server, take } from "../api/client";
import { PersonLink } from "../people/person-link";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Moment } from "../pieces/moment";
import { PageFailed } from "../pieces/not-there";
import { Card, Page } from "../pieces/page";
import { Loaded, Quiet, Waiting } from "../pieces/states";
import { usePreview } from "../segments/queries";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { Fill } from "./fill";
import { useList, useListDependents } from "./queries";

function OnIt({ list }: { list: number }) {
  const { w } = useSpeech();
  const rule = useMemo(() => ({ kind: "list" as const, list }), [list]);
  const found = usePreview(rule);
  return (
    <Card>
      <Loaded query={found} rows={2} p={0}>
        {({ count, sample }) =>
          count === 0 ? (
            <Text size="sm">{w.lists.nobody}</Text>
          ) : (
            <>
              <Text fw={600}>{w.lists.people(count)}</Text>
              <Text size="sm" c="dimmed" mt="sm">
                {w.lists.some}
              </Text>
              <Stack gap={2} mt={4}>
                {sample.slice(0, 8).map((person) => (
                  <PersonLink key={person} id={person} />
                ))}
              </Stack>
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

function UsedBy({ list }: { list: number }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const dependents = useListDependents(list);
  return (
    <Card title={w.lists.used}>
      <Loaded query={dependents} rows={1} p={0}>
        {(items) =>
          items.length === 0 ? (
            <Quiet p={0}>{w.lists.usedNone}</Quiet>
          ) : (
            <Stack gap={4}>
              {items.map((one) => (
                <Anchor key={one.id} component={Link} to={page(`segments/${one.id}`)}>
                  {one.name}
                </Anchor>
              ))}
              <Text size="sm" c="dimmed" mt={4}>
                {w.lists.usedWarning}
              </Text>
            </Stack>
          )
        }
      </Loaded>
      <Button
        component={Link}
        to={page(`segments/new?list=${list}`)}
        variant="default"
        size="xs"
        mt="md"
        leftSection={<IconUsersGroup size={14} aria-hidden />}
      >
        {w.lists.useIt}
      </Button>
    </Card>
  );
}

export function ListPage() {
  const { w } = useSpeech();
  const { id: app, page } = useApp();
  const navigate = useNavigate();
  const id = Number(useParams().list);
  const query = useList(id);
  const used = useListDependents(id).data;
  const archive = useChange({
    run: () => take(server.DELETE("/api/v1/apps/{app}/lists/{list_id}", { params: { path: { app, list_id: id } } })),
    touches: [["lists", app]],
  });
  const list = query.data;
  if (query.isError && !list) return <PageFailed error={query.error} retry={() => void query.refetch()} />;
  if (!list) return <Waiting rows={8} p={0} />;
  const removal = (
    <Confirm
      title={w.lists.archiveTitle}
      body={w.lists.archiveBody}
      action={w.lists.archive}
      danger
      run={async () => {
        await archive.mutateAsync(undefined);
        await navigate(page("lists"));
      }}
    >
      {(open) => (
        <Button
          variant="default"
          leftSection={<IconTrash size={16} aria-hidden />}
          onClick={open}
          disabled={used === undefined || used.length > 0}
          title={used?.length ? w.lists.usedWarning : undefined}
        >
          {w.lists.archive}
        </Button>
      )}
    </Confirm>
  );
  return (
    <Page
      title={list.name}
      back={{ to: page("lists"), label: w.lists.title }}
      line={
        <>
          {w.lists.made} <Moment at={list.created_at} />
        </>
      }
      actions={removal}
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Fill list={id} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <OnIt list={id} />
            <UsedBy list={id} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
