/** What unsigned pages said and was not believed: why, about whom, until it applies. */
import { Anchor, Code, SegmentedControl, Table, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { Moment } from "../pieces/moment";
import { itemsOf, More } from "../pieces/more";
import { Card } from "../pieces/page";
import { Failed, Quiet, Waiting } from "../pieces/states";
import { useApp } from "../shell/app";
import { type HoldReason, useHeldBack } from "./queries";
import { useSpeech } from "./words";

export function HeldBack() {
  const { w } = useSpeech();
  const { id } = useApp();
  const words = w.developers.heldBack;
  const narrow = useMediaQuery("(max-width: 48em)"); // the choices do not fit beside each other on a phone
  const [reason, setReason] = useState<HoldReason | "">("");
  const held = useHeldBack(reason || undefined);
  const items = itemsOf(held);
  const choices = [
    { value: "", label: words.all },
    { value: "unproved_user", label: words.short.unproved_user },
    { value: "known_device", label: words.short.known_device },
    { value: "too_many_confirmations", label: words.short.too_many_confirmations },
  ];
  return (
    <Card title={words.title} line={words.line} flush>
      <SegmentedControl
        m="md"
        mt={0}
        size="xs"
        orientation={narrow ? "vertical" : "horizontal"}
        aria-label={w.developers.reason}
        data={choices}
        value={reason}
        onChange={(value) => setReason(value as HoldReason | "")}
      />
      {held.isError && <Failed error={held.error} />}
      {held.isPending && <Waiting rows={2} />}
      {held.data && items.length === 0 && <Quiet>{words.none}</Quiet>}
      {items.length > 0 && (
        <Table>
          <Table.Tbody>
            {items.map((one) => (
              <Table.Tr key={`${one.anonymous_id} ${one.user_id}`}>
                <Table.Td style={{ overflowWrap: "anywhere" }}>
                  <Text size="sm" fw={500}>
                    {one.reason === "unproved_user"
                      ? words.named(one.user_id)
                      : one.reason === "known_device"
                        ? words.known
                        : words.tooMany}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {words.device(one.anonymous_id)} · {words.calls(one.calls.length)}
                  </Text>
                  {one.calls.slice(-3).map((call, place) => (
                    <Code key={place} block mt={4} style={{ whiteSpace: "pre-wrap" }}>
                      {JSON.stringify(Object.keys(call.traits).length > 0 ? call.traits : call.context)}
                    </Code>
                  ))}
                </Table.Td>
                <Table.Td ta="right" style={{ verticalAlign: "top" }}>
                  <Moment at={one.held_at} size="sm" />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <More query={held} />
      {items.length > 0 && (
        <Anchor
          href={`/api/v1/apps/${id}/held-back/export${reason ? `?reason=${reason}` : ""}`}
          download="held-back.csv"
          size="sm"
          m="md"
          display="inline-block"
        >
          {words.export}
        </Anchor>
      )}
    </Card>
  );
}
