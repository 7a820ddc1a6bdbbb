/** Says, as long as it is so, that a push service refuses our key, and what to do. */
import { IconPlayerPause } from "@tabler/icons-react";
import { useSpeech } from "../words/words";
import { useHealth } from "./queries";
import { ServiceNotice } from "./service-notice";

export function PushPaused() {
  const { w } = useSpeech();
  const paused = useHealth().data?.push_paused ?? [];
  return paused.map((each) => (
    <ServiceNotice
      key={each.service}
      pause={each}
      tone="bad"
      title={w.consent.pausedTitle(each.service)}
      icon={<IconPlayerPause aria-hidden />}
      why={w.consent.paused}
      todo={w.consent.pausedDo}
    />
  ));
}
