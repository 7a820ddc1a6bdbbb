import { Group, Table, Text } from "@mantine/core";
import { IconMail } from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import type { Message, Outcome } from "../api/types";
import { kindOf } from "../channels/kinds";
import { useArchived } from "../pieces/archived";
import { Card, Page } from "../pieces/page";
import { Snippet } from "../pieces/snippet";
import { Empty, Loaded } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { useMessages, useOutcomes } from "./queries";
import { Snippets } from "./snippets";

export function ChannelIcon({ channel, size = 18 }: { channel: string; size?: number }) {
  const Icon = kindOf(channel)?.icon;
  return Icon ? <Icon size={size} stroke={1.7} style={{ flexShrink: 0 }} aria-hidden /> : null;
}

function Count({ value, whole, from }: { value: number | null | undefined; whole?: number; from?: "sm" | "md" }) {
  const { f } = useSpeech();
  return (
    <Table.Td ta="right" className="tabular" visibleFrom={from}>
      {value === undefined || value === null ? "–" : f.number(value)}
      {whole !== undefined && value !== null && (
        <Text size="xs" c="dimmed">
          {f.share(value ?? 0, whole)}
        </Text>
      )}
    </Table.Td>
  );
}

function Row({ message, figures }: { message: Message; figures: Outcome | undefined }) {
  const { w, f } = useSpeech();
  const { page } = useApp();
  const navigate = useNavigate();
  const to = page(`messages/${message.id}`);
  const sent = figures?.sent ?? 0;
  const reached = figures?.reached ?? 0;
  const tellsOpens = kindOf(message.channel)?.measures.includes("opened") ?? false;
  return (
    <Table.Tr data-link style={{ cursor: "pointer" }} onClick={() => void navigate(to)}>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <ChannelIcon channel={message.channel} />
          <div>
            <Link
              to={to}
              className="plain-link"
              style={{ fontWeight: 600 }}
              onClick={(click) => click.stopPropagation()}
            >
              {message.name}
            </Link>
            <Group gap={6} mt={3}>
              <Text size="xs" c="dimmed">
                {w.messages.channel[message.channel]}
              </Text>
              <Label tone="quiet" size="sm">
                {w.messages.class[message.class] ?? message.class}
              </Label>
              {message.archived_at !== null && (
                <Label tone="quiet" size="sm">
                  {w.common.archived}
                </Label>
              )}
            </Group>
          </div>
        </Group>
      </Table.Td>
      <Count value={sent} />
      <Count value={tellsOpens ? figures?.opened : undefined} whole={tellsOpens ? reached : undefined} from="md" />
      <Count value={figures?.clicked} whole={reached} from="sm" />
      <Count value={figures?.converted} whole={figures?.aimed ?? 0} from="md" />
      <Table.Td ta="right" className="tabular" fw={600}>
        {figures ? f.revenue(figures) : f.money(0)}
      </Table.Td>
    </Table.Tr>
  );
}

export const example = (path: string, body: string) =>
  `curl ${window.location.origin}/api/v1${path} \\\n  -H 'Authorization: Bearer API_KEY' -H 'Content-Type: application/json' \\\n  -d '${body}'`;

export function MessageList() {
  const { w } = useSpeech();
  const { id } = useApp();
  const messages = useMessages();
  const outcomes = useOutcomes();
  const isAway = (one: Message) => one.archived_at !== null;
  const away = useArchived(messages.data, isAway);
  const body =
    '{"name": "Welcome", "channel": "email", "class": "transactional", "topic": "general",\n       "content": {"subject": "Welcome, {{ user.first_name }}", "html": "<p>Good to see you.</p>"}}';
  return (
    <Page title={w.messages.title} actions={away.toggle}>
      <Card flush mb="md">
        <Loaded query={messages} rows={5} height={36}>
          {(items) =>
            items.length === 0 ? (
              <Empty
                icon={IconMail}
                title={w.messages.empty}
                action={<Snippet label={w.messages.empty}>{example(`/apps/${id}/messages`, body)}</Snippet>}
              >
                {w.messages.emptyBody}
              </Empty>
            ) : (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{w.common.name}</Table.Th>
                    <Table.Th ta="right">{w.messages.sent}</Table.Th>
                    <Table.Th ta="right" visibleFrom="md">
                      {w.messages.opened}
                    </Table.Th>
                    <Table.Th ta="right" visibleFrom="sm">
                      {w.messages.clicked}
                    </Table.Th>
                    <Table.Th ta="right" visibleFrom="md">
                      {w.messages.converted}
                    </Table.Th>
                    <Table.Th ta="right">{w.messages.revenue}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {away.shown(items).map((message) => (
                    <Row key={message.id} message={message} figures={outcomes.get(message.id)} />
                  ))}
                </Table.Tbody>
              </Table>
            )
          }
        </Loaded>
      </Card>
      <Snippets />
    </Page>
  );
}
