/** What holds a message back, and what becomes of it then: in sentences, and to change. */
import { Button, Group, Modal, NumberInput, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPencil } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { Message } from "../api/types";
import { useChange } from "../pieces/change";
import { errorAt, isAtField } from "../pieces/field-errors";
import { Card } from "../pieces/page";
import { useRestraintWords } from "../restraint/wording";
import { Choice, LengthInput } from "../segments/inputs";
import { useApp } from "../shell/app";

const switches = ["obeys_caps", "counts_toward_caps", "obeys_quiet_hours"] as const;
type Switch = (typeof switches)[number];
type Rules = Pick<Message, Switch | "when_held" | "wait_at_most" | "priority">;

const holds = (message: Message, rules: Rules, name: Switch) => rules[name] ?? message.class_switches[name];

type Line = { name: string; text: string };

/** What the rules come to, a line each. */
function useLines(message: Message): Line[] {
  const { f, words } = useRestraintWords();
  const said = words.message;
  const isHeld = holds(message, message, "obeys_caps") || holds(message, message, "obeys_quiet_hours");
  const held =
    message.when_held === "wait" && message.wait_at_most
      ? said.waits(f.duration(message.wait_at_most))
      : `${said.held[message.when_held ?? "usual"]}.`;
  const lines = switches.map((name) => ({
    name: `${said.switches[name]}${message[name] === null ? ` (${said.byClass})` : ""}`,
    text: (holds(message, message, name) ? said.yes : said.no)[name] ?? "",
  }));
  const priority = message.priority === 0 ? said.priorityUsual : f.number(message.priority);
  return [
    ...lines,
    { name: said.whenHeld, text: isHeld ? held : said.unheld },
    { name: said.priority, text: priority },
  ];
}

type Part = { message: Message; rules: Rules; put: (change: Partial<Rules>) => void };

function SwitchChoice({ message, rules, put, name }: Part & { name: Switch }) {
  const { w, words } = useRestraintWords();
  const said = words.message;
  const value = rules[name] === null ? "class" : rules[name] ? "yes" : "no";
  return (
    <Select
      label={said.switches[name]}
      allowDeselect={false}
      data={[
        { value: "class", label: said.asClass(message.class_switches[name] ? w.common.yes : w.common.no) },
        { value: "yes", label: said.ownYes },
        { value: "no", label: said.ownNo },
      ]}
      value={value}
      onChange={(next) => put({ [name]: next === "class" ? null : next === "yes" })}
      description={(holds(message, rules, name) ? said.yes : said.no)[name]}
      inputWrapperOrder={["label", "input", "description"]}
    />
  );
}

function EditLimits({ message, close }: { message: Message; close: () => void }) {
  const { w, words } = useRestraintWords();
  const { id } = useApp();
  const said = words.message;
  const { obeys_caps, counts_toward_caps, obeys_quiet_hours, when_held, wait_at_most, priority } = message;
  const [rules, setRules] = useState<Rules>({
    ...{ obeys_caps, counts_toward_caps, obeys_quiet_hours },
    ...{ when_held, wait_at_most, priority },
  });
  const save = useChange({
    run: () =>
      take(
        server.PATCH("/api/v1/apps/{app}/messages/{message}", {
          params: { path: { app: id, message: message.id } },
          body: { version: message.version, ...rules },
        }),
      ),
    touches: [
      ["message", id, message.id],
      ["messages", id],
    ],
    done: w.common.saved,
    told: (error) => isAtField(error, ["wait_at_most", "priority", "when_held"]),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined, { onSuccess: close });
  };
  const put = (change: Partial<Rules>) => setRules({ ...rules, ...change });
  const hold = (next: string) =>
    put({
      when_held: next === "usual" ? null : (next as Rules["when_held"]),
      wait_at_most: next === "wait" ? (rules.wait_at_most ?? "4h") : null,
    });
  const refused = errorAt(save.error, "wait_at_most", w) ?? errorAt(save.error, "when_held", w);
  const isMissing = rules.when_held === "wait" && !rules.wait_at_most;
  return (
    <Modal
      opened
      onClose={close}
      title={said.editTitle}
      closeButtonProps={{ "aria-label": w.common.close }}
      styles={{ title: { fontWeight: 650 } }}
    >
      <form onSubmit={submit}>
        <Stack>
          {switches.map((name) => (
            <SwitchChoice key={name} message={message} rules={rules} put={put} name={name} />
          ))}
          <Choice label={said.whenHeld} words={said.held} value={rules.when_held ?? "usual"} onChange={hold} />
          {rules.when_held === "wait" && (
            <LengthInput
              label={said.waitAtMost}
              value={rules.wait_at_most ?? ""}
              onChange={(next) => put({ wait_at_most: next })}
            />
          )}
          <Text size="xs" c="dimmed">
            {said.bounds}
          </Text>
          {refused && (
            <Text size="xs" c="var(--bad-text)">
              {refused}
            </Text>
          )}
          <NumberInput
            label={said.priority}
            description={said.priorityHelp}
            inputWrapperOrder={["label", "input", "description", "error"]}
            min={-100}
            max={100}
            allowDecimal={false}
            value={rules.priority}
            onChange={(typed) => put({ priority: typeof typed === "number" ? typed : 0 })}
            error={errorAt(save.error, "priority", w)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {w.common.cancel}
            </Button>
            <Button type="submit" disabled={isMissing} loading={save.isPending}>
              {w.common.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export default function Limits({ message }: { message: Message }) {
  const said = useRestraintWords().words.message;
  const lines = useLines(message);
  const [opened, { open, close }] = useDisclosure(false);
  const edit = (
    <Button size="xs" variant="default" leftSection={<IconPencil size={15} aria-hidden />} onClick={open}>
      {said.edit}
    </Button>
  );
  return (
    <Card title={said.title} line={said.line} actions={message.archived_at === null && edit}>
      <Stack gap="xs">
        {lines.map(({ name, text }) => (
          <div key={name}>
            <Text size="xs" c="dimmed">
              {name}
            </Text>
            <Text size="sm">{text}</Text>
          </div>
        ))}
      </Stack>
      {opened && <EditLimits message={message} close={close} />}
    </Card>
  );
}
