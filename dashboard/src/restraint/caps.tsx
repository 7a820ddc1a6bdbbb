/** The caps of an app, each as a sentence. */
import { Button, Group, Stack, Text } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { server, take } from "../api/client";
import type { Cap } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Card } from "../pieces/page";
import { Loaded } from "../pieces/states";
import { useSegmentName } from "../segments/queries";
import { useApp } from "../shell/app";
import { CapForm } from "./cap-form";
import { type CapDraft, emptyCap } from "./draft";
import { useCaps } from "./queries";
import { Rule } from "./rule";
import { capSentence } from "./sentences";
import { useRestraintWords } from "./wording";

function CapRow({ cap, edit }: { cap: Cap; edit: () => void }) {
  const tongue = useRestraintWords();
  const { w, words } = tongue;
  const { id } = useApp();
  const segmentName = useSegmentName();
  const params = { path: { app: id, cap: cap.id } };
  const remove = useChange({
    run: () => take(server.DELETE("/api/v1/apps/{app}/caps/{cap}", { params })),
    touches: [["caps", id]],
  });
  return (
    <Rule name={cap.name} sentence={capSentence(cap, segmentName, tongue)}>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconPencil size={15} aria-hidden />}
        aria-label={`${words.caps.edit}: ${cap.name}`}
        onClick={edit}
      >
        {words.caps.edit}
      </Button>
      <Confirm
        title={words.caps.deleteTitle}
        body={words.caps.deleteBody}
        action={w.common.delete}
        danger
        run={() => remove.mutateAsync(undefined)}
      >
        {(ask) => (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<IconTrash size={15} aria-hidden />}
            aria-label={`${w.common.delete}: ${cap.name}`}
            onClick={ask}
          >
            {w.common.delete}
          </Button>
        )}
      </Confirm>
    </Rule>
  );
}

type Open = { cap?: Cap; begin: CapDraft } | null;

export function Caps() {
  const { words } = useRestraintWords();
  const caps = useCaps();
  const [open, setOpen] = useState<Open>(null);
  const suggestion = { ...emptyCap, name: words.caps.suggested, hasGap: true };
  const create = (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconPlus size={15} aria-hidden />}
      onClick={() => setOpen({ begin: emptyCap })}
    >
      {words.caps.create}
    </Button>
  );
  return (
    <Card title={words.caps.title} line={words.caps.line} actions={create}>
      <Loaded query={caps} rows={2} p={0}>
        {(items) =>
          items.length === 0 ? (
            <Stack gap="sm" align="flex-start">
              <Text size="sm" c="dimmed">
                {words.caps.none}
              </Text>
              <Group>
                <Button size="xs" onClick={() => setOpen({ begin: suggestion })}>
                  {words.caps.suggest}
                </Button>
              </Group>
            </Stack>
          ) : (
            <Stack gap="md" component="ul" m={0} p={0} style={{ listStyle: "none" }}>
              {items.map((cap) => (
                <CapRow key={cap.id} cap={cap} edit={() => setOpen({ cap, begin: emptyCap })} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      {open && <CapForm key={open.cap?.version} {...open} close={() => setOpen(null)} />}
    </Card>
  );
}
