/** Noting a yes or a no on a person's behalf, with where it was given and what was agreed to. */
import { Button, Group, Modal, SegmentedControl, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { server, take } from "../api/client";
import type { Person } from "../api/types";
import { type ChannelName, channelNames } from "../channels/kinds";
import { useChange } from "../pieces/change";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";

export type Noted = { channel: ChannelName; topic: string; granted: boolean };

const readable = { error: { color: "var(--bad-text)" } };

type NoteProps = { person: Person; first: Noted; lifts: (noted: Noted) => boolean; close: () => void };

/** `lifts`: whether a no holds that a yes would lift. */
export function NoteConsent({ person, first, lifts, close }: NoteProps) {
  const { w } = useSpeech();
  const { id } = useApp();
  const [noted, setNoted] = useState(first);
  const [source, setSource] = useState("");
  const [wording, setWording] = useState("");
  const [given, setGiven] = useState("");
  const [checked, check] = useState(false);
  const save = useChange({
    run: () =>
      take(
        server.POST("/api/v1/apps/{app}/people/{person}/consents", {
          params: { path: { app: id, person: person.id } },
          body: {
            ...noted,
            topic: noted.topic.trim() || "general",
            source: source.trim(),
            wording: wording.trim(),
            occurred_at: given === "" ? null : new Date(given).getTime(),
            proof: {},
          },
        }),
      ),
    touches: [["person", id, person.id]],
    done: w.consent.noted,
  });
  const missing = (text: string) => checked && noted.granted && text.trim() === "";
  const send = () => {
    check(true);
    if (!noted.granted || (source.trim() !== "" && wording.trim() !== "")) save.mutate(undefined, { onSuccess: close });
  };
  return (
    <Modal
      opened
      onClose={close}
      title={w.consent.noteTitle}
      closeButtonProps={{ "aria-label": w.common.close }}
      styles={{ title: { fontWeight: 650 } }}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <Stack>
          <SegmentedControl
            fullWidth
            aria-label={w.consent.answer}
            value={noted.granted ? "yes" : "no"}
            onChange={(value) => setNoted({ ...noted, granted: value === "yes" })}
            data={[
              { value: "yes", label: w.consent.yes },
              { value: "no", label: w.consent.no },
            ]}
          />
          <Text size="sm">
            {noted.granted ? (lifts(noted) ? w.consent.liftsNo : w.consent.yesHelp) : w.consent.noHelp}
          </Text>
          <Group grow align="flex-start">
            <Select
              label={w.consent.channel}
              allowDeselect={false}
              value={noted.channel}
              data={channelNames.map((value) => ({ value, label: w.messages.channel[value] ?? value }))}
              onChange={(value) => value !== null && setNoted({ ...noted, channel: value })}
            />
            <TextInput
              label={w.messages.topic}
              description={w.consent.topicHelp}
              inputWrapperOrder={["label", "input", "description", "error"]}
              maxLength={128}
              value={noted.topic}
              onChange={(event) => setNoted({ ...noted, topic: event.currentTarget.value })}
            />
          </Group>
          <TextInput
            styles={readable}
            data-autofocus
            label={w.consent.source}
            placeholder={w.consent.sourceExample}
            maxLength={128}
            required={noted.granted}
            value={source}
            error={missing(source) && w.consent.sourceMissing}
            onChange={(event) => setSource(event.currentTarget.value)}
          />
          <Textarea
            styles={readable}
            autosize
            minRows={2}
            maxRows={8}
            label={noted.granted ? w.consent.wording : w.consent.words}
            placeholder={noted.granted ? w.consent.wordingExample : ""}
            maxLength={2000}
            required={noted.granted}
            value={wording}
            error={missing(wording) && w.consent.wordingMissing}
            onChange={(event) => setWording(event.currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label={w.consent.given}
            description={w.consent.givenHelp}
            inputWrapperOrder={["label", "input", "description", "error"]}
            value={given}
            onChange={(event) => setGiven(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {w.common.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {noted.granted ? w.consent.noteYes : w.consent.noteNo}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
