/** Whether an edit is to be felt: without it journeys and webhooks hear nothing of whom it lets in or puts out. */
import { Switch } from "@mantine/core";
import { useSpeech } from "../words/words";

export function Announce({ value, onChange }: { value: boolean; onChange: (value: boolean) => void }) {
  const { w } = useSpeech();
  return (
    <Switch
      label={w.builder.announce}
      description={w.builder.announceHelp}
      checked={value}
      onChange={(change) => onChange(change.currentTarget.checked)}
    />
  );
}
