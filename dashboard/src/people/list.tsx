import { Avatar, Button, Group, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBan, IconSearch, IconUserPlus } from "@tabler/icons-react";
import { Link, useNavigate, useSearchParams } from "react-router";
import type { PersonRow } from "../api/types";
import { Moment } from "../pieces/moment";
import { itemsOf, More } from "../pieces/more";
import { Card, Page } from "../pieces/page";
import { Empty, Failed, Quiet, Waiting } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { emailOf, personName } from "./name";
import { usePeople } from "./queries";

function Row({ person }: { person: PersonRow }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const navigate = useNavigate();
  const to = page(`people/${person.id}`);
  const name = personName(person, w);
  const email = emailOf(person);
  return (
    <Table.Tr data-link style={{ cursor: "pointer" }} onClick={() => void navigate(to)}>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <Avatar
            name={name === w.common.anonymous ? undefined : name}
            size={34}
            radius="xl"
            color={name === w.common.anonymous ? "gray" : "pine"}
            aria-hidden
          />
          <div style={{ minWidth: 0 }}>
            <Link
              to={to}
              className="plain-link"
              style={{ fontWeight: 550 }}
              onClick={(click) => click.stopPropagation()}
            >
              {name}
            </Link>
            {email && email !== name && (
              <Text size="xs" c="dimmed">
                {email}
              </Text>
            )}
          </div>
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {person.external_id ?? (
          <Text span c="dimmed">
            –
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        <Moment at={person.last_seen} size="sm" />
      </Table.Td>
    </Table.Tr>
  );
}

export function PeopleList() {
  const { w } = useSpeech();
  const { page } = useApp();
  const [search, setSearch] = useSearchParams();
  const text = search.get("search") ?? "";
  const [settled] = useDebouncedValue(text, 250);
  const people = usePeople(settled.trim());
  const items = itemsOf(people);
  const nobody = people.data !== undefined && items.length === 0;
  return (
    <Page
      title={w.people.title}
      actions={
        <Button
          component={Link}
          to={page("people/suppressed")}
          variant="default"
          leftSection={<IconBan size={16} aria-hidden />}
        >
          {w.suppression.link}
        </Button>
      }
    >
      <TextInput
        mb="md"
        maw={460}
        size="md"
        leftSection={<IconSearch size={17} aria-hidden />}
        placeholder={w.people.search}
        aria-label={w.people.search}
        description={w.people.searchHelp}
        inputWrapperOrder={["input", "description"]}
        value={text}
        onChange={(change) =>
          setSearch(change.currentTarget.value ? { search: change.currentTarget.value } : {}, { replace: true })
        }
      />
      <Card flush>
        {people.isError && <Failed error={people.error} retry={() => void people.refetch()} />}
        {people.isPending && <Waiting rows={8} height={34} />}
        {nobody && settled === "" && (
          <Empty icon={IconUserPlus} title={w.people.empty}>
            {w.people.emptyBody}
          </Empty>
        )}
        {nobody && settled !== "" && <Quiet>{w.people.none}</Quiet>}
        {items.length > 0 && (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{w.common.name}</Table.Th>
                <Table.Th visibleFrom="sm">{w.people.id}</Table.Th>
                <Table.Th ta="right">{w.people.seen}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((person) => (
                <Row key={person.id} person={person} />
              ))}
            </Table.Tbody>
          </Table>
        )}
        <More query={people} />
      </Card>
    </Page>
  );
}
