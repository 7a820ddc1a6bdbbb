/** How a server signs user ids, what pages are believed that sign nothing, and the secrets. */
import { Alert, Button, Group, Stack, Switch, Text } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { server, take } from "../api/client";
import type { App, IdentitySecret, NewIdentitySecret } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { Moment } from "../pieces/moment";
import { Card } from "../pieces/page";
import { Snippet } from "../pieces/snippet";
import { Loaded } from "../pieces/states";
import { useApp } from "../shell/app";
import { forgetFreshSecret, freshSecret } from "./fresh";
import { useIdentitySecrets } from "./queries";
import { useSpeech } from "./words";

export function SigningSnippet({ secret }: { secret?: string }) {
  const { w } = useSpeech();
  const code = `// npm install jsonwebtoken
const token = jwt.sign(
  { sub: userId }, "${secret ?? w.trust.yourSecret}",
  { algorithm: "HS256", expiresIn: "1h" });

// in the page
analytics.identify(userId, traits,
  { context: { identity_token: token } });`;
  return <Snippet label={w.trust.snippet}>{code}</Snippet>;
}

interface Belief {
  trust_unsigned_browsers?: boolean;
  confirm_addresses?: boolean;
}

function Believed({ app }: { app: App }) {
  const { w } = useSpeech();
  const params = { path: { app: app.id } };
  const change = useChange({
    run: (what: Belief) =>
      take(server.PATCH("/api/v1/apps/{app}", { params, body: { version: app.version, ...what } })),
    touches: [["apps"]],
    done: w.common.saved,
  });
  return (
    <Stack gap="sm">
      <Switch
        label={w.trust.trusting}
        description={w.trust.trustingHelp}
        checked={app.settings.trust_unsigned_browsers ?? false}
        disabled={change.isPending}
        onChange={(next) => change.mutate({ trust_unsigned_browsers: next.currentTarget.checked })}
      />
      <Switch
        label={w.trust.confirming}
        description={w.trust.confirmingHelp}
        checked={app.settings.confirm_addresses ?? true}
        disabled={change.isPending}
        onChange={(next) => change.mutate({ confirm_addresses: next.currentTarget.checked })}
      />
    </Stack>
  );
}

function Secret({ one }: { one: IdentitySecret }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const params = { path: { app: id, secret: one.id } };
  const remove = useChange({
    run: () => take(server.DELETE("/api/v1/apps/{app}/identity-secrets/{secret}", { params })),
    touches: [["identity-secrets", id]],
  });
  return (
    <Group justify="space-between">
      <Text size="sm">
        {w.trust.secret} · …{one.hint} · {w.trust.since} <Moment at={one.created_at} size="sm" span />
      </Text>
      <Confirm
        title={w.trust.removeTitle}
        body={w.trust.removeBody}
        action={w.trust.remove}
        danger
        run={() => remove.mutateAsync(undefined)}
      >
        {(ask) => (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={ask}>
            {w.trust.remove}
          </Button>
        )}
      </Confirm>
    </Group>
  );
}

export function Signing() {
  const { w } = useSpeech();
  const { id, app, params } = useApp();
  const secrets = useIdentitySecrets();
  const [made, setMade] = useState<NewIdentitySecret | undefined>(() => freshSecret(id));
  const create = useChange({
    run: () => take(server.POST("/api/v1/apps/{app}/identity-secrets", { params })),
    touches: [["identity-secrets", id]],
  });
  const seen = () => {
    forgetFreshSecret(id);
    setMade(undefined);
  };
  const action = (secrets.data?.length ?? 2) < 2 && (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconPlus size={15} aria-hidden />}
      loading={create.isPending}
      onClick={() => create.mutate(undefined, { onSuccess: (one) => setMade(one) })}
    >
      {w.trust.create}
    </Button>
  );
  return (
    <Card title={w.trust.title} line={w.trust.line} actions={action || undefined}>
      <Stack>
        {made && (
          <Alert
            icon={<IconKey aria-hidden />}
            title={w.developers.shownTitle}
            withCloseButton
            closeButtonLabel={w.common.close}
            onClose={seen}
          >
            <Text size="sm" mb="sm">
              {w.trust.shown}
            </Text>
            <Snippet label={w.trust.secret}>{made.text}</Snippet>
          </Alert>
        )}
        <SigningSnippet secret={made?.text} />
        <Loaded query={secrets} rows={1} p={0}>
          {(items) => (
            <Stack gap={4}>
              {items.length === 0 && (
                <Text size="sm" c="dimmed">
                  {w.trust.none}
                </Text>
              )}
              {items.map((one) => (
                <Secret key={one.id} one={one} />
              ))}
              {items.length > 1 && (
                <Text size="sm" c="dimmed">
                  {w.trust.both}
                </Text>
              )}
            </Stack>
          )}
        </Loaded>
        {app && <Believed app={app} />}
      </Stack>
    </Card>
  );
}
