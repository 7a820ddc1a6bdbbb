/** One provider: its form, a test, where it reports to, and whether messages go through it. */
import { Button, Grid, Group, Stack, Text } from "@mantine/core";
import { useNavigate, useParams } from "react-router";
import { server, take } from "../api/client";
import type { Provider, ProviderType } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { PageFailed } from "../pieces/not-there";
import { Notice } from "../pieces/notice";
import { Card, Page } from "../pieces/page";
import { Snippet } from "../pieces/snippet";
import { Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { ProviderForm, useOther } from "./form";
import { touchedBy, useProvider, useProviderRoutes, useProviderTypes } from "./queries";
import { ProviderTest } from "./test";
import { useProviderWords } from "./wording";

/** What becomes of messages where the app has no provider of this kind any more. */
function useAfterwards(type: ProviderType): string {
  const { words } = useProviderWords();
  const routes = useProviderRoutes().data;
  const route = routes?.find((one) => one.channel === type.channel && one.service === type.service);
  return words.afterwards[route?.server ?? "nothing"];
}

function Actions({ provider, type }: { provider: Provider; type: ProviderType }) {
  const { w, words } = useProviderWords();
  const { id, page } = useApp();
  const navigate = useNavigate();
  const other = useOther(type, provider.id);
  const afterwards = useAfterwards(type);
  const params = { path: { app: id, provider: provider.id } };
  const touches = touchedBy(id);
  const turn = useChange({
    run: (active: boolean) =>
      take(
        server.PATCH("/api/v1/apps/{app}/providers/{provider}", {
          params,
          body: { version: provider.version, active },
        }),
      ),
    touches,
  });
  const remove = useChange({
    run: () => take(server.DELETE("/api/v1/apps/{app}/providers/{provider}", { params })),
    touches: touches.slice(0, 2),
  });
  const away = async () => {
    await remove.mutateAsync(undefined);
    await navigate(page("sending/providers"));
  };
  const { active } = provider;
  return (
    <>
      <Confirm
        title={active ? words.stopTitle : words.useTitle}
        body={active ? afterwards : words.useBody(other)}
        action={active ? words.stop : words.use}
        run={() => turn.mutateAsync(!active)}
      >
        {(ask) => (
          <Button variant="default" onClick={ask}>
            {active ? words.stop : words.use}
          </Button>
        )}
      </Confirm>
      <Confirm
        title={words.deleteTitle}
        body={active ? `${words.deleteBody} ${afterwards}` : words.deleteBody}
        action={w.common.delete}
        danger
        run={away}
      >
        {(ask) => (
          <Button variant="default" c="var(--bad-text)" onClick={ask}>
            {w.common.delete}
          </Button>
        )}
      </Confirm>
    </>
  );
}

function Callbacks({ provider }: { provider: Provider }) {
  const { words } = useProviderWords();
  return (
    <Card title={words.callback} line={words.callbackLine}>
      <Stack gap="sm">
        {Object.entries(words.callbacks).map(([what, label]) => (
          <div key={what}>
            <Text size="sm" fw={500} mb={4}>
              {label}
            </Text>
            <Snippet label={label} wrap>{`${provider.callback_url}/${what}`}</Snippet>
          </div>
        ))}
      </Stack>
    </Card>
  );
}

export function ProviderPage() {
  const { w, words, titleOf } = useProviderWords();
  const { page } = useApp();
  const query = useProvider(Number(useParams().provider));
  const types = useProviderTypes();
  const provider = query.data;
  if (query.isError && !provider) return <PageFailed error={query.error} retry={() => void query.refetch()} />;
  if (types.isError) return <PageFailed error={types.error} retry={() => void types.refetch()} />;
  if (!provider || !types.data) return <Waiting rows={10} p={0} />;
  const type = types.data.find((one) => one.name === provider.type);
  const line = (
    <Group gap="xs">
      <span>
        {type ? titleOf(type) : provider.type} · {w.messages.channel[provider.channel] ?? provider.channel}
      </span>
      <Label tone={provider.active ? "good" : "quiet"}>{provider.active ? words.active : words.inactive}</Label>
    </Group>
  );
  return (
    <Page
      title={provider.name}
      line={line}
      back={{ to: page("sending/providers"), label: words.title }}
      actions={type && <Actions provider={provider} type={type} />}
    >
      {type ? (
        <Grid gap="md">
          <Grid.Col span={{ base: 12, md: 7 }}>
            <ProviderForm key={provider.version} type={type} provider={provider} done={() => undefined} />
          </Grid.Col>
          <Grid.Col span={{ base: 12, md: 5 }}>
            <Stack>
              <ProviderTest key={provider.id} provider={provider} />
              {type.has_callbacks && <Callbacks provider={provider} />}
            </Stack>
          </Grid.Col>
        </Grid>
      ) : (
        <Notice tone="doubt">{words.gone}</Notice>
      )}
    </Page>
  );
}
