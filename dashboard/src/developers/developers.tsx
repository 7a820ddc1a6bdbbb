import { Anchor, Grid, Group, Stack, Table, Text } from "@mantine/core";
import { useHealth } from "../overview/queries";
import { TooFast } from "../overview/too-fast";
import { Moment } from "../pieces/moment";
import { itemsOf, More } from "../pieces/more";
import { Card, Page } from "../pieces/page";
import { Snippet } from "../pieces/snippet";
import { Failed, Loaded, Quiet, Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { Audit } from "./audit";
import { Defaults, LinkHosts, ShopEvents } from "./defaults";
import { freshKeys } from "./fresh";
import { HeldBack } from "./held-back";
import { Keys } from "./keys";
import { PreferencePage } from "./preference-page";
import { useEveryEventName, usePushKey, useRejected } from "./queries";
import { Signing } from "./signing";
import { Webhooks } from "./webhooks";
import { useSpeech } from "./words";

function First() {
  const { w } = useSpeech();
  const event = '{"userId": "ada", "event": "Order Completed", "properties": {"total": 42}}';
  const { id } = useApp();
  const key = freshKeys(id).find((one) => one.key.kind === "write")?.text ?? w.developers.yourKey;
  const command = `curl ${window.location.origin}/v1/track \\\n  -u ${key}: \\\n  -H 'Content-Type: application/json' \\\n  -d '${event}'`;
  return (
    <Card title={w.developers.first} line={w.developers.firstBody}>
      <Snippet label={w.developers.first}>{command}</Snippet>
    </Card>
  );
}

function Rejections() {
  const { w } = useSpeech();
  const rejected = useRejected();
  const items = itemsOf(rejected);
  return (
    <Card title={w.developers.rejected} line={w.developers.rejectedBody} flush>
      {rejected.isError && <Failed error={rejected.error} />}
      {rejected.isPending && <Waiting rows={2} />}
      {rejected.data && items.length === 0 && <Quiet>{w.developers.rejectedNone}</Quiet>}
      {items.length > 0 && (
        <Table>
          <Table.Tbody>
            {items.map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td>
                  <Group gap={8} wrap="nowrap" align="flex-start">
                    <Text size="sm" fw={500} style={{ overflowWrap: "anywhere" }}>
                      {w.developers.reasons[one.reason] ?? one.detail}
                    </Text>
                    {one.kind === "note" && <Label tone="good">{w.developers.taken}</Label>}
                  </Group>
                  {w.developers.reasons[one.reason] !== undefined && (
                    <Text size="xs" style={{ overflowWrap: "anywhere" }}>
                      {one.detail}
                    </Text>
                  )}
                  <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                    {one.payload}
                  </Text>
                </Table.Td>
                <Table.Td ta="right">
                  <Moment at={one.received_at} size="sm" />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <More query={rejected} />
    </Card>
  );
}

function Names() {
  const { w, f } = useSpeech();
  const names = useEveryEventName();
  const sent = itemsOf(names).filter(({ name }) => name !== "" && w.happened[name] === undefined);
  return (
    <Card title={w.developers.eventNames} flush>
      {names.isError && <Failed error={names.error} />}
      {names.isPending && <Waiting rows={4} />}
      {names.data && !names.hasNextPage && sent.length === 0 && <Quiet>{w.developers.eventNamesNone}</Quiet>}
      {sent.length > 0 && (
        <Table>
          <Table.Tbody>
            {sent.map((one) => (
              <Table.Tr key={one.name}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>{one.name}</Table.Td>
                <Table.Td ta="right" className="tabular">
                  {f.number(one.count)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <More query={names} />
    </Card>
  );
}

function HealthCard() {
  const { w, f } = useSpeech();
  const health = useHealth();
  return (
    <Card title={w.developers.health}>
      <Loaded query={health} rows={2} p={0}>
        {(one) => (
          <Stack gap={8}>
            <Group justify="space-between">
              <Text size="sm" c="dimmed">
                {w.developers.healthState}
              </Text>
              <Label tone={one.status === "ok" ? "good" : "bad"}>
                {one.status === "ok" ? w.developers.healthy : one.status}
              </Label>
            </Group>
            <Group justify="space-between">
              <Text size="sm" c="dimmed">
                {w.developers.healthLag}
              </Text>
              <Text size="sm" className="tabular">
                {f.number(one.behind ?? 0)}
              </Text>
            </Group>
            <div>
              <Anchor href="/api/openapi.json" target="_blank" size="sm">
                {w.developers.docs}
              </Anchor>
              <Text size="xs" c="dimmed">
                {w.saw.docsLine}
              </Text>
            </div>
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

function PushKey() {
  const { w } = useSpeech();
  return (
    <Card title={w.saw.push} line={w.saw.pushLine}>
      <Loaded query={usePushKey()} rows={1} p={0}>
        {({ application_server_key: key }) =>
          key ? <Snippet label={w.saw.push}>{key}</Snippet> : <Quiet p={0}>{w.saw.pushNone}</Quiet>
        }
      </Loaded>
    </Card>
  );
}

export function Developers() {
  const { w } = useSpeech();
  const { id } = useApp();
  return (
    <Page title={w.developers.title}>
      <TooFast />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack>
            <First />
            <Keys key={id} />
            <Signing key={`signing of ${id}`} />
            <Webhooks key={`webhooks of ${id}`} />
            <Rejections />
            <HeldBack key={`held back of ${id}`} />
            <Audit key={`audit of ${id}`} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <HealthCard />
            <PushKey />
            <Defaults key={`defaults of ${id}`} />
            <LinkHosts key={`hosts of ${id}`} />
            <ShopEvents key={`shop events of ${id}`} />
            <PreferencePage key={`preference page of ${id}`} />
            <Names />
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
