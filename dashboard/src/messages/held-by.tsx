/** By which rule a delivery is or was held back, and until when. */
import { Text } from "@mantine/core";
import type { Delivery } from "../api/types";
import { useCaps } from "../restraint/queries";
import { heldSentence } from "../words/sentences";
import { useSpeech } from "../words/words";

export function HeldBy({ delivery }: { delivery: Delivery }) {
  const { w, f } = useSpeech();
  const [kind, number] = delivery.held_by.split(":");
  const caps = useCaps(kind === "cap");
  const name = caps.data?.find((one) => String(one.id) === number)?.name;
  return (
    <Text size="xs" c="dimmed" mt={3}>
      {heldSentence(delivery, name, { w, f })}
    </Text>
  );
}
