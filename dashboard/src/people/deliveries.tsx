import { DeliveryTable } from "../messages/deliveries";
import { Card } from "../pieces/page";
import { Loaded, Quiet } from "../pieces/states";
import { useSpeech } from "../words/words";
import { usePersonDeliveries } from "./queries";

/** "Why did they get it, or not?": everything meant for this person, with its reason. */
export function Deliveries({ person }: { person: number }) {
  const { w } = useSpeech();
  const deliveries = usePersonDeliveries(person);
  return (
    <Card title={w.people.deliveries} line={w.people.deliveriesHelp} flush>
      <Loaded query={deliveries} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Quiet>{w.people.deliveriesNone}</Quiet>
          ) : (
            <DeliveryTable deliveries={items} subject="message" />
          )
        }
      </Loaded>
    </Card>
  );
}
