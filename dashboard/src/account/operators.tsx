/** Who else can sign in: invited, let back in, removed. */
import { Alert, Button, Menu, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDots, IconKey, IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { components } from "../api/schema";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { GivenOut } from "../pieces/given-out";
import { Card } from "../pieces/page";
import { Snippet } from "../pieces/snippet";
import { Loaded } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useSpeech } from "../words/words";
import { useSession } from "./session";

type Operator = components["schemas"]["Operator"];
type Made = { name: string; link: components["schemas"]["LinkToPassword"] };

const touches = [["operators"]];

function Actions({ one, shown }: { one: Operator; shown: (made: Made) => void }) {
  const { w } = useSpeech();
  const path = { operator: one.id };
  const link = useChange({
    run: () => take(server.POST("/api/v1/operators/{operator}/password-link", { params: { path } })),
    touches,
  });
  const remove = useChange({
    run: () => take(server.DELETE("/api/v1/operators/{operator}", { params: { path } })),
    touches,
  });
  return (
    <Confirm
      title={w.operators.linkTitle(one.name)}
      body={w.operators.linkBody}
      action={w.operators.linkDo}
      run={async () => shown({ name: one.name, link: await link.mutateAsync(undefined) })}
    >
      {(askLink) => (
        <Confirm
          title={w.operators.removeTitle(one.name)}
          body={w.operators.removeBody}
          action={w.operators.removeDo}
          danger
          run={() => remove.mutateAsync(undefined)}
        >
          {(askRemove) => (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="subtle" color="gray" size="compact-sm" aria-label={`${w.common.actions}: ${one.name}`}>
                  <IconDots size={17} aria-hidden />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item onClick={askLink}>{w.operators.link}</Menu.Item>
                <Menu.Item c="var(--bad-text)" onClick={askRemove}>
                  {w.operators.remove}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </Confirm>
      )}
    </Confirm>
  );
}

function Invite({ close, shown }: { close: () => void; shown: (made: Made) => void }) {
  const { w } = useSpeech();
  const [given, setGiven] = useState({ email: "", name: "" });
  const invite = useChange({ run: () => take(server.POST("/api/v1/operators", { body: given })), touches });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate(undefined, {
      onSuccess: ({ operator, link }) => {
        shown({ name: operator.name, link });
        close();
      },
    });
  };
  return (
    <Modal
      opened
      onClose={close}
      title={w.operators.invite}
      closeButtonProps={{ "aria-label": w.common.close }}
      styles={{ title: { fontWeight: 650 } }}
    >
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={w.operators.name}
            required
            withAsterisk={false}
            maxLength={100}
            value={given.name}
            onChange={(change) => setGiven({ ...given, name: change.currentTarget.value })}
            data-autofocus
          />
          <TextInput
            label={w.operators.email}
            type="email"
            required
            withAsterisk={false}
            value={given.email}
            onChange={(change) => setGiven({ ...given, email: change.currentTarget.value })}
          />
          <Button type="submit" loading={invite.isPending}>
            {w.operators.inviteDo}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

export function Operators() {
  const { w, f } = useSpeech();
  const session = useSession();
  const operators = useQuery({
    queryKey: ["operators"],
    queryFn: () => take(server.GET("/api/v1/operators")),
    select: (page) => page.items,
  });
  const [inviting, { open, close }] = useDisclosure(false);
  const [made, setMade] = useState<Made | null>(null);
  const invite = (
    <Button size="xs" variant="default" leftSection={<IconUserPlus size={15} aria-hidden />} onClick={open}>
      {w.operators.invite}
    </Button>
  );
  return (
    <Card title={w.operators.operators} line={w.operators.operatorsBody} actions={invite} flush>
      {made && (
        <Alert
          m="md"
          icon={<IconKey aria-hidden />}
          title={w.operators.linkShown(made.name)}
          withCloseButton
          closeButtonLabel={w.common.close}
          onClose={() => setMade(null)}
        >
          <Text size="sm" mb="sm">
            {w.operators.linkShownBody(f.moment(made.link.expires_at))}
          </Text>
          <Snippet label={w.operators.linkShown(made.name)}>{made.link.url}</Snippet>
        </Alert>
      )}
      <Loaded query={operators} rows={2}>
        {(items) => (
          <GivenOut
            what={w.operators.who}
            state={w.operators.state}
            rows={items.map((one) => {
              const isMe = one.id === session.data?.operator.id;
              return {
                id: one.id,
                name: one.name,
                mark: isMe && <Label tone="quiet">{w.operators.you}</Label>,
                line: one.email,
                state: (
                  <Label tone={one.is_invited ? "quiet" : "good"}>
                    {one.is_invited ? w.operators.invited : w.operators.active}
                  </Label>
                ),
                actions: !isMe && <Actions one={one} shown={setMade} />,
              };
            })}
          />
        )}
      </Loaded>
      {inviting && <Invite close={close} shown={setMade} />}
    </Card>
  );
}
