/** The app's keys. A key's text is shown once, when it is made. */
import { Alert, Button, Menu, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconKey, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { server, take } from "../api/client";
import type { Key, NewKey } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { GivenOut } from "../pieces/given-out";
import { Card } from "../pieces/page";
import { Snippet } from "../pieces/snippet";
import { Loaded } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { forgetFresh, freshKeys } from "./fresh";
import { useKeys } from "./queries";
import { useSpeech } from "./words";

type Shown = (key: NewKey) => void;

function KeyMenu({ one, shown }: { one: Key; shown: Shown }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const touches = [["keys", id]];
  const params = { path: { app: id, key: one.id } };
  const rotate = useChange({
    run: () => take(server.POST("/api/v1/apps/{app}/keys/{key}/rotate", { params })),
    touches,
  });
  const revoke = useChange({ run: () => take(server.DELETE("/api/v1/apps/{app}/keys/{key}", { params })), touches });
  return (
    <Confirm
      title={w.developers.rotateTitle}
      body={w.developers.rotateBody}
      action={w.developers.rotate}
      run={async () => shown(await rotate.mutateAsync(undefined))}
    >
      {(askRotate) => (
        <Confirm
          title={w.developers.revokeTitle}
          body={w.developers.revokeBody}
          action={w.developers.revoke}
          danger
          run={() => revoke.mutateAsync(undefined)}
        >
          {(askRevoke) => (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="subtle" color="gray" size="compact-sm" aria-label={`${w.common.actions}: ${one.name}`}>
                  <IconDots size={17} aria-hidden />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={askRotate}>{w.developers.rotate}</Menu.Item>
                <Menu.Item c="var(--bad-text)" onClick={askRevoke}>
                  {w.developers.revoke}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </Confirm>
      )}
    </Confirm>
  );
}

function CreateKey({ close, shown }: { close: () => void; shown: Shown }) {
  const { w } = useSpeech();
  const { id, params } = useApp();
  const [kind, setKind] = useState<Key["kind"]>("browser");
  const [name, setName] = useState("");
  const create = useChange({
    run: () => take(server.POST("/api/v1/apps/{app}/keys", { params, body: { kind, name } })),
    touches: [["keys", id]],
  });
  return (
    <Modal
      opened
      onClose={close}
      title={w.developers.create}
      closeButtonProps={{ "aria-label": w.common.close }}
      styles={{ title: { fontWeight: 650 } }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate(undefined, {
            onSuccess: (made) => {
              shown(made);
              close();
            },
          });
        }}
      >
        <Stack>
          <TextInput
            label={w.common.name}
            required
            withAsterisk={false}
            value={name}
            onChange={(change) => setName(change.currentTarget.value)}
            data-autofocus
          />
          <Select
            label={w.developers.kindLabel}
            allowDeselect={false}
            value={kind}
            onChange={(next) => setKind(next as Key["kind"])}
            data={Object.entries(w.developers.kind).map(([value, label]) => ({ value, label }))}
          />
          <Button type="submit" loading={create.isPending}>
            {w.developers.createDo}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

export function Keys() {
  const { w } = useSpeech();
  const keys = useKeys();
  const [creating, { open, close }] = useDisclosure(false);
  const { id } = useApp();
  const [made, setMade] = useState<NewKey[]>(() => freshKeys(id));
  const seen = () => {
    forgetFresh(id);
    setMade([]);
  };
  const create = (
    <Button size="xs" variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={open}>
      {w.developers.create}
    </Button>
  );
  return (
    <Card title={w.developers.keys} line={w.developers.keysBody} actions={create} flush>
      {made.length > 0 && (
        <Alert
          m="md"
          icon={<IconKey aria-hidden />}
          title={w.developers.shownTitle}
          withCloseButton
          closeButtonLabel={w.common.close}
          onClose={seen}
        >
          <Text size="sm">{w.developers.shown}</Text>
          {made.map(({ key, text }) => (
            <div key={key.id}>
              <Text size="sm" fw={600} mt="sm" mb={4}>
                {w.developers.kind[key.kind]} · {key.name}
              </Text>
              <Snippet label={key.name}>{text}</Snippet>
            </div>
          ))}
        </Alert>
      )}
      <Loaded query={keys} rows={3}>
        {(items) => (
          <GivenOut
            what={w.common.name}
            state={w.common.state}
            when={w.developers.used}
            rows={items.map((one) => {
              const live = one.revoked_at === null;
              return {
                id: one.id,
                name: one.name || w.developers.kind[one.kind],
                line: `${w.developers.kind[one.kind]} · …${one.hint}`,
                state: (
                  <Label tone={live ? "good" : "quiet"}>{live ? w.developers.active : w.developers.revoked}</Label>
                ),
                at: one.last_used,
                actions: live && <KeyMenu one={one} shown={(key) => setMade([key])} />,
              };
            })}
          />
        )}
      </Loaded>
      {creating && <CreateKey close={close} shown={(key) => setMade([key])} />}
    </Card>
  );
}
