/** Other systems that are told who enters and leaves segments. A webhook's secret is shown once, when it is made. */
import { Alert, Button, Menu, Modal, MultiSelect, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconDots, IconKey, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { server, take } from "../api/client";
import type { NewWebhook, Webhook } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { GivenOut } from "../pieces/given-out";
import { Moment } from "../pieces/moment";
import { Card } from "../pieces/page";
import { Snippet } from "../pieces/snippet";
import { Loaded, Quiet } from "../pieces/states";
import { Label, type Tone } from "../pieces/tone";
import { useSegments } from "../segments/queries";
import { useApp } from "../shell/app";
import { useWebhooks } from "./queries";
import { useSpeech } from "./words";

type Shown = (made: NewWebhook) => void;

function useActions(one: Webhook) {
  const { w } = useSpeech();
  const { id } = useApp();
  const touches = [["webhooks", id]];
  const params = { path: { app: id, webhook: one.id } };
  const closeButtonProps = { "aria-label": w.common.close };
  return {
    test: useChange({
      run: async () => {
        const { taken, detail } = await take(server.POST("/api/v1/apps/{app}/webhooks/{webhook}/test", { params }));
        notifications.show({
          message: taken ? w.webhooks.tested : `${w.webhooks.testFailed} ${detail}`,
          color: taken ? "pine" : "red",
          closeButtonProps,
        });
      },
      touches,
    }),
    turn: useChange({
      run: (state: "active" | "paused") =>
        take(server.PATCH("/api/v1/apps/{app}/webhooks/{webhook}", { params, body: { state } })),
      touches,
    }),
    skip: useChange({
      run: () => take(server.POST("/api/v1/apps/{app}/webhooks/{webhook}/skip", { params })),
      touches,
    }),
    rotate: useChange({
      run: () => take(server.POST("/api/v1/apps/{app}/webhooks/{webhook}/rotate", { params })),
      touches,
    }),
    remove: useChange({ run: () => take(server.DELETE("/api/v1/apps/{app}/webhooks/{webhook}", { params })), touches }),
  };
}

function WebhookMenu({ one, shown }: { one: Webhook; shown: Shown }) {
  const { w } = useSpeech();
  const { test, turn, skip, rotate, remove } = useActions(one);
  const active = one.state === "active";
  return (
    <Confirm
      title={w.webhooks.skipTitle}
      body={w.webhooks.skipBody}
      action={w.webhooks.skip}
      run={() => skip.mutateAsync(undefined)}
    >
      {(askSkip) => (
        <Confirm
          title={w.webhooks.rotateTitle}
          body={w.webhooks.rotateBody}
          action={w.webhooks.rotate}
          run={async () => shown(await rotate.mutateAsync(undefined))}
        >
          {(askRotate) => (
            <Confirm
              title={w.webhooks.deleteTitle}
              body={w.webhooks.deleteBody}
              action={w.common.delete}
              danger
              run={() => remove.mutateAsync(undefined)}
            >
              {(askDelete) => (
                <Menu position="bottom-end">
                  <Menu.Target>
                    <Button
                      variant="subtle"
                      color="gray"
                      size="compact-sm"
                      loading={test.isPending}
                      aria-label={`${w.common.actions}: ${one.url}`}
                    >
                      <IconDots size={17} aria-hidden />
                    </Button>
                  </Menu.Target>
                  <Menu.Dropdown>
                    <Menu.Item onClick={() => test.mutate(undefined)}>{w.webhooks.test}</Menu.Item>
                    <Menu.Item onClick={() => turn.mutate(active ? "paused" : "active")}>
                      {active ? w.webhooks.pause : w.webhooks.goOn}
                    </Menu.Item>
                    {(!active || one.failing_since !== null) && (
                      <Menu.Item onClick={askSkip}>{w.webhooks.skip}</Menu.Item>
                    )}
                    <Menu.Item onClick={askRotate}>{w.webhooks.rotate}</Menu.Item>
                    <Menu.Item c="var(--bad-text)" onClick={askDelete}>
                      {w.common.delete}
                    </Menu.Item>
                  </Menu.Dropdown>
                </Menu>
              )}
            </Confirm>
          )}
        </Confirm>
      )}
    </Confirm>
  );
}

function CreateWebhook({ close, shown }: { close: () => void; shown: Shown }) {
  const { w } = useSpeech();
  const { id, params } = useApp();
  const known = useSegments();
  const [url, setUrl] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const body = { url, segments: chosen.map(Number) };
  const create = useChange({
    run: () => take(server.POST("/api/v1/apps/{app}/webhooks", { params, body })),
    touches: [["webhooks", id]],
  });
  return (
    <Modal
      opened
      onClose={close}
      title={w.webhooks.create}
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
            label={w.webhooks.address}
            type="url"
            placeholder="https://"
            required
            withAsterisk={false}
            value={url}
            onChange={(change) => setUrl(change.currentTarget.value)}
            data-autofocus
          />
          <MultiSelect
            label={w.webhooks.segments}
            description={w.webhooks.segmentsLine}
            placeholder={chosen.length ? undefined : w.webhooks.every}
            searchable
            value={chosen}
            onChange={setChosen}
            data={(known.data ?? []).map((one) => ({ value: String(one.id), label: one.name }))}
          />
          <Button type="submit" loading={create.isPending}>
            {w.webhooks.createDo}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function State({ one }: { one: Webhook }) {
  const { w } = useSpeech();
  const failing = one.state === "active" && one.failing_since !== null;
  const tones: Record<Webhook["state"], Tone> = { active: "good", paused: "quiet", stopped: "bad" };
  return (
    <Label tone={failing ? "doubt" : tones[one.state]}>
      {failing ? w.webhooks.failing : w.webhooks.state[one.state]}
    </Label>
  );
}

function Trouble({ one }: { one: Webhook }) {
  const { w } = useSpeech();
  if (one.state === "paused" || one.failing_since === null) return null;
  return (
    <Text size="xs" c="var(--bad-text)">
      {one.detail}
      {one.state === "active" && one.next_at !== null && (
        <>
          {" · "}
          {w.webhooks.again} <Moment at={one.next_at} size="xs" span />
        </>
      )}
    </Text>
  );
}

export function Webhooks() {
  const { w } = useSpeech();
  const webhooks = useWebhooks();
  const names = new Map((useSegments().data ?? []).map((each) => [each.id, each.name]));
  const [creating, { open, close }] = useDisclosure(false);
  const [made, setMade] = useState<NewWebhook | null>(null);
  const create = (
    <Button size="xs" variant="default" leftSection={<IconPlus size={15} aria-hidden />} onClick={open}>
      {w.webhooks.create}
    </Button>
  );
  return (
    <Card title={w.webhooks.title} line={w.webhooks.line} actions={create} flush>
      {made && (
        <Alert
          m="md"
          icon={<IconKey aria-hidden />}
          title={w.developers.shownTitle}
          withCloseButton
          closeButtonLabel={w.common.close}
          onClose={() => setMade(null)}
        >
          <Text size="sm" mb="sm">
            {w.webhooks.shown}
          </Text>
          <Snippet label={w.webhooks.secret}>{made.secret}</Snippet>
        </Alert>
      )}
      <Loaded query={webhooks} rows={2}>
        {(items) =>
          items.length === 0 ? (
            <Quiet>{w.webhooks.none}</Quiet>
          ) : (
            <GivenOut
              what={w.webhooks.address}
              state={w.common.state}
              when={w.webhooks.answered}
              rows={items.map((one) => ({
                id: one.id,
                name: one.url,
                line: one.segments.map((number) => names.get(number) ?? `#${number}`).join(", ") || w.webhooks.every,
                trouble: <Trouble one={one} />,
                state: <State one={one} />,
                at: one.answered_at,
                actions: <WebhookMenu one={one} shown={setMade} />,
              }))}
            />
          )
        }
      </Loaded>
      {creating && <CreateWebhook close={close} shown={setMade} />}
    </Card>
  );
}
