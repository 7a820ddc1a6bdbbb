/** The tree of a rule as cards: groups that say how their parts go together, and a card for each condition. */
import { ActionIcon, Box, Button, Group, Menu, Paper, Select, Stack, Switch, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconFolderPlus, IconPlus, IconTrash } from "@tabler/icons-react";
import { createContext, Fragment, useContext, useEffect, useRef, useState } from "react";
import type { Condition, KindForm } from "../api/types";
import { useSpeech } from "../words/words";
import { ConditionFields } from "./conditions";
import { fresh } from "./fields";
import { About, options, subjectOf } from "./inputs";
import {
  changed,
  type Draft,
  isGroup,
  type Join,
  type Leaf,
  newest,
  newGroup,
  newLeaf,
  type Group as Part,
} from "./rule";

export type Problem = { part: number | undefined; text: string } | null;

/**
 * What every card may need: the kinds of conditions there are, which part the server objects to, the segment being
 * edited, and what was there at first.
 */
type Around = { kinds: KindForm[]; problem: Problem; own: number | undefined; newest: number };
const AroundContext = createContext<Around>({ kinds: [], problem: null, own: undefined, newest: 0 });

/** Of a kind that the server does not know: there is nothing to fill in. */
const noForm: KindForm = { kind: "", description: "", fields: [] };

type Change = (id: number, change: (draft: Draft) => Draft | null) => void;

/** A part that somebody has just added takes the focus to its first field. */
function useFocusIfNew(id: number) {
  const ref = useRef<HTMLDivElement>(null);
  const { newest: before } = useContext(AroundContext);
  useEffect(() => {
    if (id > before) ref.current?.querySelector<HTMLInputElement>("[data-fields] input")?.focus();
  }, [id, before]);
  return ref;
}

function Objection({ id }: { id: number }) {
  const { problem } = useContext(AroundContext);
  if (problem === null || problem.part !== id) return null;
  return (
    <Text size="sm" c="var(--bad-text)" mt="xs" role="alert">
      {problem.text}
    </Text>
  );
}

function Card({ leaf, place, change, remove }: { leaf: Leaf; place: string; change: Change; remove: () => void }) {
  const { w } = useSpeech();
  const { own, kinds } = useContext(AroundContext);
  const ref = useFocusIfNew(leaf.id);
  const { condition } = leaf;
  const form = kinds.find((one) => one.kind === condition.kind) ?? noForm;
  const put = (next: Partial<Leaf>) => change(leaf.id, () => ({ ...leaf, ...next }));
  // As they were filled in, should one of these kinds be chosen again.
  const others = useRef(new Map<string, Condition>());
  const become = (kind: string) => {
    others.current.set(condition.kind, condition);
    put({ condition: others.current.get(kind) ?? fresh(kinds.find((one) => one.kind === kind) ?? noForm) });
  };
  return (
    <Paper
      ref={ref}
      p="sm"
      radius="md"
      bg="var(--card)"
      style={{ border: "1px solid var(--line)" }}
      role="group"
      aria-label={`${w.builder.condition(Number(place.split(".").at(-1)))}: ${w.builder.kinds[condition.kind] ?? condition.kind}`}
    >
      <Group justify="space-between" wrap="nowrap" mb="xs" gap="sm">
        <Group gap="sm" style={{ flex: 1, minWidth: 0 }}>
          <Select
            aria-label={w.builder.kind}
            data={kinds.map(({ kind }) => ({ value: kind, label: w.builder.kinds[kind] ?? kind }))}
            value={condition.kind}
            allowDeselect={false}
            size="xs"
            maw={260}
            style={{ flex: "1 1 180px" }}
            onChange={(kind) => kind !== null && kind !== condition.kind && become(kind)}
          />
          <Switch
            size="sm"
            label={w.builder.not}
            title={w.builder.notHelp}
            checked={leaf.not}
            onChange={(event) => put({ not: event.currentTarget.checked })}
          />
        </Group>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={w.builder.remove} onClick={remove}>
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Group>
      <Box data-fields>
        <About value={subjectOf(condition, form)}>
          <ConditionFields
            key={condition.kind}
            form={form}
            value={condition}
            own={own}
            onChange={(next) => put({ condition: next })}
          />
        </About>
      </Box>
      <Objection id={leaf.id} />
    </Paper>
  );
}

function AddMenu({ add, button }: { add: (draft: Draft) => void; button: React.RefObject<HTMLButtonElement | null> }) {
  const { w } = useSpeech();
  const { kinds } = useContext(AroundContext);
  return (
    <Group gap="xs">
      <Menu position="bottom-start" width={320} returnFocus={false}>
        <Menu.Target>
          <Button ref={button} variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />}>
            {w.builder.add}
          </Button>
        </Menu.Target>
        <Menu.Dropdown mah={380} style={{ overflowY: "auto" }}>
          {kinds.map((form) => (
            <Menu.Item key={form.kind} onClick={() => add(newLeaf(form))}>
              <Text size="sm" fw={550}>
                {w.builder.kinds[form.kind] ?? form.kind}
              </Text>
              <Text size="xs" c="dimmed">
                {w.builder.help[form.kind]}
              </Text>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button
        variant="subtle"
        size="xs"
        leftSection={<IconFolderPlus size={14} aria-hidden />}
        onClick={() => add(newGroup(kinds[0] ?? noForm))}
      >
        {w.builder.addGroup}
      </Button>
    </Group>
  );
}

function GroupBox({
  group,
  place,
  change,
  remove,
}: {
  group: Part;
  place: string;
  change: Change;
  remove?: () => void;
}) {
  const { w } = useSpeech();
  const adding = useRef<HTMLButtonElement>(null);
  const put = (next: Partial<Part>) => change(group.id, () => ({ ...group, ...next }));
  const drop = (id: number) => {
    const index = group.parts.findIndex((part) => part.id === id);
    const part = group.parts[index];
    change(id, () => null);
    adding.current?.focus();
    if (part === undefined) return;
    const back = () => {
      change(group.id, (present) =>
        isGroup(present) ? { ...present, parts: present.parts.toSpliced(index, 0, part) } : present,
      );
      notifications.hide(`removed-${id}`);
    };
    notifications.show({
      id: `removed-${id}`,
      autoClose: 10_000,
      closeButtonProps: { "aria-label": w.common.close },
      message: (
        <Group justify="space-between" wrap="nowrap">
          {isGroup(part) ? w.builder.removedGroup : w.builder.removed}
          <Button variant="light" size="compact-sm" onClick={back}>
            {w.builder.undo}
          </Button>
        </Group>
      ),
    });
  };
  return (
    <Box
      role="group"
      aria-label={`${w.builder.group} ${place}`.trim()}
      pl={remove ? "sm" : 0}
      style={remove ? { borderLeft: "3px solid var(--accent)" } : undefined}
    >
      <Group justify="space-between" wrap="nowrap" mb="sm">
        <Select
          aria-label={w.builder.joinLabel}
          data={options(w.builder.join)}
          value={group.join}
          allowDeselect={false}
          onChange={(join) => put({ join: (join ?? group.join) as Join })}
          maw={300}
          style={{ flex: 1 }}
          fw={600}
        />
        {remove && (
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={w.builder.removeGroup} onClick={remove}>
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        )}
      </Group>
      <Stack gap="sm">
        {group.parts.length === 0 && (
          <Text size="sm" c="dimmed">
            {w.builder.emptyGroup}
          </Text>
        )}
        {group.parts.map((part, index) => {
          const here = place === "" ? `${index + 1}` : `${place}.${index + 1}`;
          const shown = isGroup(part) ? (
            <GroupBox key={part.id} group={part} place={here} change={change} remove={() => drop(part.id)} />
          ) : (
            <Card key={part.id} leaf={part} place={here} change={change} remove={() => drop(part.id)} />
          );
          return index === 0 ? (
            shown
          ) : (
            <Fragment key={part.id}>
              <Text size="xs" fw={600} c="dimmed" px="sm" my={-6} aria-hidden>
                {w.builder.joints[group.join]}
              </Text>
              {shown}
            </Fragment>
          );
        })}
        <Objection id={group.id} />
        <AddMenu button={adding} add={(draft) => put({ parts: [...group.parts, draft] })} />
      </Stack>
    </Box>
  );
}

export function Builder({
  kinds,
  root,
  onChange,
  problem,
  own,
}: {
  kinds: KindForm[];
  root: Part;
  onChange: (change: (root: Part) => Part) => void;
  problem: Problem;
  own?: number;
}) {
  const [before] = useState(newest);
  const change: Change = (id, how) =>
    onChange((present) => (present.id === id ? ((how(present) as Part | null) ?? present) : changed(present, id, how)));
  return (
    <AroundContext value={{ kinds, problem, own, newest: before }}>
      <GroupBox group={root} place="" change={change} />
    </AroundContext>
  );
}
