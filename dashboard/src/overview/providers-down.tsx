/** Says, as long as it is so, which provider does not answer. */
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useSpeech } from "../words/words";
import { useHealth } from "./queries";
import { ServiceNotice } from "./service-notice";

export function ProvidersDown() {
  const { w } = useSpeech();
  const down = useHealth().data?.providers_down ?? [];
  return down.map((each) => (
    <ServiceNotice
      key={each.service}
      pause={each}
      tone="doubt"
      title={w.sending.downTitle(each.service)}
      icon={<IconPlugConnectedX aria-hidden />}
      why={w.sending.down}
    />
  ));
}
