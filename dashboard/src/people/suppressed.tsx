/** The suppression list: which addresses are sent nothing, and why; adding one, or a file of them, and allowing one. */
import { Anchor, Button, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBan, IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { server, take } from "../api/client";
import type { components } from "../api/schema";
import type { Page as PageOf } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Moment } from "../pieces/moment";
import { itemsOf, More } from "../pieces/more";
import { Card, Page } from "../pieces/page";
import { Empty, Failed, Quiet, Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { SuppressAddress, SuppressFile } from "./suppress";

type Entry = components["schemas"]["SuppressionAnswer"];
type Reason = Entry["reason"];
type Filters = { channel: string | null; reason: string | null; address: string };

const reasons: Reason[] = ["bounced", "complained", "manual", "imported"];

function useSuppressions({ channel, reason, address }: Filters) {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["suppressions", id, channel, reason, address],
    queryFn: ({ pageParam }) =>
      take(
        server.GET("/api/v1/apps/{app}/suppressions", {
          params: {
            path: { app: id },
            query: {
              ...(channel === null ? {} : { channel: channel as never }),
              ...(reason === null ? {} : { reason: reason as Reason }),
              ...(address === "" ? {} : { address }),
              cursor: pageParam,
              limit: 50,
            },
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: PageOf<unknown>) => last.next ?? undefined,
  });
}

function Allow({ entry }: { entry: Entry }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const words = w.suppression;
  const address = entry.address ?? words.forgotten;
  const complained = entry.reason === "complained";
  const change = useChange({
    run: () =>
      take(
        server.DELETE("/api/v1/apps/{app}/suppressions/{suppression}", {
          params: {
            path: { app: id, suppression: entry.id },
            query: complained ? { lift_complaint: true } : {},
          },
        }),
      ),
    touches: [["suppressions", id]],
    done: w.consent.allowed,
  });
  const body = {
    bounced: w.consent.allowBounced(address),
    complained: words.allowComplained(address),
    manual: w.consent.allowBody(address),
    imported: w.consent.allowBody(address),
  }[entry.reason];
  return (
    <Confirm
      title={w.consent.allowTitle}
      action={w.consent.allowDo}
      danger={complained}
      body={body}
      run={() => change.mutateAsync(undefined)}
    >
      {(open) => (
        <Button size="compact-xs" variant="subtle" onClick={open} aria-label={`${w.consent.allow}: ${address}`}>
          {w.consent.allow}
        </Button>
      )}
    </Confirm>
  );
}

function Row({ entry }: { entry: Entry }) {
  const { w } = useSpeech();
  const words = w.suppression;
  const by = entry.name === "" ? words.byRelance : words.by(entry.name);
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        {entry.address === null ? (
          <Text size="sm" c="dimmed" fs="italic">
            {words.forgotten}
          </Text>
        ) : (
          <Text size="sm" fw={550}>
            {entry.address}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {w.messages.channel[entry.channel] ?? entry.channel}
          {entry.note !== "" && ` · ${entry.note}`}
        </Text>
        <Label hiddenFrom="sm" tone={entry.reason === "complained" ? "bad" : "quiet"} mt={4}>
          {words.reason[entry.reason]}
        </Label>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Label tone={entry.reason === "complained" ? "bad" : "quiet"}>{words.reason[entry.reason]}</Label>
        <Text size="xs" c="dimmed" mt={2}>
          {by}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <Moment at={entry.added_at} size="sm" />
        <Allow entry={entry} />
      </Table.Td>
    </Table.Tr>
  );
}

export function Suppressed() {
  const { w } = useSpeech();
  const { id, page } = useApp();
  const words = w.suppression;
  const [channel, setChannel] = useState<string | null>(null);
  const [reason, setReason] = useState<string | null>(null);
  const [text, setText] = useState("");
  const [settled] = useDebouncedValue(text.trim(), 250);
  const found = useSuppressions({ channel, reason, address: settled });
  const items = itemsOf(found);
  const filtered = channel !== null || reason !== null || settled !== "";
  const none = found.data !== undefined && items.length === 0;
  return (
    <Page
      title={words.title}
      line={words.line}
      back={{ to: page("people"), label: w.people.title }}
      actions={
        <Group gap="xs">
          <SuppressFile />
          <SuppressAddress />
        </Group>
      }
    >
      <Group mb="md" gap="sm" align="flex-end">
        <TextInput
          style={{ flex: "1 1 220px" }}
          maw={360}
          leftSection={<IconSearch size={16} aria-hidden />}
          label={words.search}
          value={text}
          onChange={(change) => setText(change.currentTarget.value)}
        />
        <Select
          style={{ flex: "1 1 150px" }}
          maw={{ sm: 170 }}
          clearable
          label={words.channel}
          placeholder={words.all}
          data={Object.entries(w.messages.channel).map(([value, label]) => ({ value, label }))}
          value={channel}
          onChange={setChannel}
        />
        <Select
          style={{ flex: "1 1 150px" }}
          maw={{ sm: 210 }}
          clearable
          label={words.why}
          placeholder={words.all}
          data={reasons.map((value) => ({ value, label: words.reason[value] }))}
          value={reason}
          onChange={setReason}
        />
      </Group>
      <Card flush>
        {found.isError && <Failed error={found.error} retry={() => void found.refetch()} />}
        {found.isPending && <Waiting rows={6} height={34} />}
        {none && !filtered && (
          <Empty icon={IconBan} title={words.empty}>
            {words.emptyBody}
          </Empty>
        )}
        {none && filtered && <Quiet>{words.none}</Quiet>}
        {items.length > 0 && (
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.address}</Table.Th>
                <Table.Th visibleFrom="sm">{words.why}</Table.Th>
                <Table.Th ta="right">{words.since}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((entry) => (
                <Row key={entry.id} entry={entry} />
              ))}
            </Table.Tbody>
          </Table>
        )}
        <More query={found} />
      </Card>
      {(items.length > 0 || filtered) && (
        <Stack mt="md" gap={4}>
          <Anchor href={`/api/v1/apps/${id}/suppressions/export`} download="suppressions.csv" size="sm">
            {words.export}
          </Anchor>
        </Stack>
      )}
    </Page>
  );
}
