/** Deliveries with what became of each, in words: on a message's page by person, on a person's page by message. */
import { Group, Table, Text, Tooltip } from "@mantine/core";
import { Link } from "react-router";
import type { Delivery } from "../api/types";
import { PersonLink } from "../people/person-link";
import { Moment } from "../pieces/moment";
import { Label, type Tone } from "../pieces/tone";
import { useApp } from "../shell/app";
import { outcomeSentence } from "../words/sentences";
import { useSpeech } from "../words/words";
import { HeldBy } from "./held-by";
import { useMessageName } from "./queries";
import { SentContent } from "./sent-content";

const tones: Record<string, Tone> = { sent: "good", failed: "bad", unknown: "doubt" };

function Outcome({ delivery }: { delivery: Delivery }) {
  const { w, f } = useSpeech();
  const state = w.deliveries.state[delivery.state] ?? delivery.state;
  const why = outcomeSentence(delivery, { w, f });
  const badge = <Label tone={tones[delivery.state] ?? "quiet"}>{state}</Label>;
  const detail = delivery.state === "unknown" ? w.deliveries.unknownHelp : delivery.detail;
  return (
    <>
      {detail ? (
        <Tooltip label={detail} multiline maw={340}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard, too, opens the tooltip */}
          <span tabIndex={0}>{badge}</span>
        </Tooltip>
      ) : (
        badge
      )}
      {why !== state && (
        <Text size="xs" c="dimmed" mt={3}>
          {why}
        </Text>
      )}
      {delivery.held_by && <HeldBy delivery={delivery} />}
    </>
  );
}

export function DeliveryTable({ deliveries, subject }: { deliveries: Delivery[]; subject: "message" | "person" }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const messageName = useMessageName();
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{subject === "message" ? w.journeys.node.message : w.common.person}</Table.Th>
          <Table.Th>{w.common.state}</Table.Th>
          <Table.Th ta="right">{w.common.when}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {deliveries.map((one) => (
          <Table.Tr key={one.id}>
            <Table.Td>
              {subject === "message" ? (
                <Link to={page(`messages/${one.message_id}`)} className="plain-link" style={{ fontWeight: 550 }}>
                  {messageName(one.message_id) ?? w.journeys.unnamed(one.message_id)}
                </Link>
              ) : (
                <PersonLink id={one.person_id} />
              )}
              {subject === "message" && (
                <Text size="xs" c="dimmed">
                  {w.messages.channel[one.channel] ?? one.channel}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <Group gap={6} align="flex-start">
                <div>
                  <Outcome delivery={one} />
                </div>
                {one.is_test && <Label tone="quiet">{w.credit.test}</Label>}
                <SentContent delivery={one} />
              </Group>
            </Table.Td>
            <Table.Td ta="right">
              <Moment at={one.sent_at ?? one.created_at} size="sm" />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
