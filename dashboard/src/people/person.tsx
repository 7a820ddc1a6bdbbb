/** One person: who they are, what they did, what they got and why. */
import { Button, Grid, Group, Menu, Stack } from "@mantine/core";
import { IconDots, IconDownload, IconGitMerge, IconTrash } from "@tabler/icons-react";
import { useNavigate, useParams } from "react-router";
import { server, take } from "../api/client";
import type { Person } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Moment } from "../pieces/moment";
import { PageFailed } from "../pieces/not-there";
import { Page } from "../pieces/page";
import { Waiting } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { Addresses } from "./addresses";
import { ConsentHistory } from "./consent-history";
import { Consents } from "./consents";
import { DeletionAsked } from "./deletion";
import { Deliveries } from "./deliveries";
import { Facts } from "./facts";
import { Merge } from "./merge";
import { emailOf, personName } from "./name";
import { Preferences } from "./preferences";
import { Ids, Profile } from "./profile";
import { usePerson } from "./queries";
import { Lists, MissedEntries, Runs, Segments } from "./standing";
import { Timeline } from "./timeline";

function PersonActions({ person }: { person: Person }) {
  const { w } = useSpeech();
  const { id, page } = useApp();
  const navigate = useNavigate();
  const remove = useChange({
    run: () =>
      take(server.DELETE("/api/v1/apps/{app}/people/{person}", { params: { path: { app: id, person: person.id } } })),
    touches: [["people", id]],
    done: w.people.waits,
  });
  return (
    <>
      <Button
        component="a"
        href={`/api/v1/apps/${id}/people/${person.id}/export`}
        download={`person-${person.id}.json`}
        variant="default"
        leftSection={<IconDownload size={16} aria-hidden />}
      >
        {w.people.export}
      </Button>
      <Confirm
        title={w.people.deleteTitle}
        body={w.people.deleteBody}
        action={w.people.deleteDo}
        word={w.people.deleteWord}
        danger
        run={async () => {
          await remove.mutateAsync(undefined);
          await navigate(page("people"));
        }}
      >
        {(askDelete) => (
          <Merge person={person}>
            {(askMerge) => (
              <Menu position="bottom-end">
                <Menu.Target>
                  <Button variant="default" px="sm" aria-label={w.common.actions}>
                    <IconDots size={18} aria-hidden />
                  </Button>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item leftSection={<IconGitMerge size={16} aria-hidden />} onClick={askMerge}>
                    {w.people.merge}
                  </Menu.Item>
                  <Menu.Item c="var(--bad-text)" leftSection={<IconTrash size={16} aria-hidden />} onClick={askDelete}>
                    {w.people.delete}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            )}
          </Merge>
        )}
      </Confirm>
    </>
  );
}

export function PersonPage() {
  const { w } = useSpeech();
  const { page } = useApp();
  const id = Number(useParams().person);
  const query = usePerson(id);
  const person = query.data;
  if (query.isError && !person) return <PageFailed error={query.error} retry={() => void query.refetch()} />;
  if (!person) return <Waiting rows={10} p={0} />;
  const name = personName(person, w);
  const email = emailOf(person);
  const line = (
    <Group gap="2px 16px">
      {email && email !== name && <span>{email}</span>}
      <span>
        {w.people.first} <Moment at={person.first_seen} />
      </span>
      <span>
        {w.people.seen} <Moment at={person.last_seen} />
      </span>
    </Group>
  );
  return (
    <Page
      title={name}
      line={line}
      back={{ to: page("people"), label: w.people.title }}
      actions={<PersonActions person={person} />}
    >
      <DeletionAsked person={person} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <Profile person={person} />
            <Facts person={person} />
            <Segments person={id} />
            <Lists person={id} />
            <Addresses person={person} />
            <Consents person={person} />
            <Preferences person={person} />
            <Ids person={person} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack>
            <Deliveries person={id} />
            <Runs person={id} />
            <MissedEntries person={id} />
            <ConsentHistory person={id} />
            <Timeline person={id} />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
