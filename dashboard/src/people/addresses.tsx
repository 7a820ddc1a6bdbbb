/** Where a person can be reached, and blocking an address or allowing it again. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { server, take } from "../api/client";
import type { Person } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Moment } from "../pieces/moment";
import { Card } from "../pieces/page";
import { Quiet } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";

type Subscription = Person["subscriptions"][number];

function Switching({ person, one }: { person: Person; one: Subscription }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const blocked = one.state === "suppressed";
  const state = blocked ? "subscribed" : "suppressed";
  const change = useChange({
    run: () =>
      take(
        server.PATCH("/api/v1/apps/{app}/people/{person}", {
          params: { path: { app: id, person: person.id } },
          body: { version: person.version, subscriptions: [{ id: one.id, state }] },
        }),
      ),
    touches: [["person", id, person.id]],
    done: blocked ? w.consent.allowed : w.consent.blocked,
  });
  if (!blocked && one.state !== "subscribed") return null;
  return (
    <Confirm
      title={blocked ? w.consent.allowTitle : w.consent.blockTitle}
      action={blocked ? w.consent.allowDo : w.consent.blockDo}
      danger={!blocked}
      body={
        blocked
          ? one.reason === "bounced"
            ? w.consent.allowBounced(one.address)
            : one.reason === "complained"
              ? w.suppression.allowComplained(one.address)
              : w.consent.allowBody(one.address)
          : w.consent.blockBody(one.address)
      }
      run={() => change.mutateAsync(undefined)}
    >
      {(open) => (
        <Button
          size="compact-xs"
          variant="subtle"
          onClick={open}
          aria-label={`${blocked ? w.consent.allow : w.consent.block}: ${one.address}`}
        >
          {blocked ? w.consent.allow : w.consent.block}
        </Button>
      )}
    </Confirm>
  );
}

export function Addresses({ person }: { person: Person }) {
  const { w } = useSpeech();
  return (
    <Card title={w.people.subscriptions}>
      {person.subscriptions.length === 0 && <Quiet p={0}>{w.people.subscriptionsNone}</Quiet>}
      <Stack gap="sm">
        {person.subscriptions.map((one) => (
          <div key={one.id}>
            <Group justify="space-between" wrap="nowrap" gap="md">
              <div style={{ minWidth: 0 }}>
                <Text size="sm" fw={500}>
                  {w.messages.channel[one.channel] ?? one.channel}
                </Text>
                <Text size="xs" c="dimmed" truncate title={one.address}>
                  {one.address}
                </Text>
              </div>
              <Label
                tone={one.state === "subscribed" ? "good" : one.state === "suppressed" ? "bad" : "quiet"}
                style={{ flexShrink: 0 }}
              >
                {w.people.subscription[one.state] ?? one.state}
              </Label>
            </Group>
            <Group justify="space-between" gap="xs">
              <Text size="xs" c="dimmed" component="div">
                {one.state === "suppressed" && (
                  <>
                    {w.consent.suppressed[one.reason] ?? one.reason}, <Moment at={one.updated_at} size="xs" />
                  </>
                )}
                {one.reason === "too_many_devices" && one.state === "gone" && w.consent.tooManyDevices}
                {one.reason === "too_many_confirmations" && w.consent.notAsked}
              </Text>
              <Switching person={person} one={one} />
            </Group>
          </div>
        ))}
      </Stack>
    </Card>
  );
}
