/** Where messages leave, channel by channel: the app's own provider, or what the server has for apps without one. */
import { Box, Button, Group, Menu, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Link } from "react-router";
import type { Provider, ProviderRoute, ProviderType } from "../api/types";
import { ChannelIcon } from "../messages/list";
import { Card } from "../pieces/page";
import { Loaded } from "../pieces/states";
import { Label, type Tone } from "../pieces/tone";
import { useApp } from "../shell/app";
import { useProviderRoutes, useProviders, useProviderTypes } from "./queries";
import { useProviderWords } from "./wording";

function ProviderLine({ provider, types }: { provider: Provider; types: ProviderType[] }) {
  const { words, titleOf } = useProviderWords();
  const { page } = useApp();
  const type = types.find((one) => one.name === provider.type);
  return (
    <Group gap="4px 10px">
      <Link
        to={page(`sending/providers/${provider.id}`)}
        className="plain-link"
        style={{ fontWeight: 550, fontSize: "var(--mantine-font-size-sm)", overflowWrap: "anywhere" }}
      >
        {provider.name}
      </Link>
      <Label tone={provider.active ? "good" : "quiet"}>{provider.active ? words.active : words.inactive}</Label>
      <Text size="xs" c="dimmed">
        {type ? titleOf(type) : provider.type}
      </Text>
    </Group>
  );
}

function Add({ types, label }: { types: ProviderType[]; label: string }) {
  const { words, titleOf } = useProviderWords();
  const { page } = useApp();
  if (types.length === 0) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={15} aria-hidden />}
          aria-label={words.addFor(label)}
        >
          {words.add}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {types.map((one) => (
          <Menu.Item key={one.name} component={Link} to={page(`sending/providers/new/${one.name}`)}>
            {titleOf(one)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ServerLine({ route }: { route: ProviderRoute }) {
  const { words } = useProviderWords();
  const kind = route.server ?? "nothing";
  const tones: Record<typeof kind, Tone> = { server: "quiet", sandbox: "doubt", nothing: "bad" };
  return (
    <Group gap="4px 10px" align="flex-start" wrap="nowrap">
      <Label tone={tones[kind]}>{words[kind]}</Label>
      <Text size="sm" c="dimmed">
        {kind === "server" && route.channel === "web_push" ? words.defaults.web_push : words.defaults[kind]}
      </Text>
    </Group>
  );
}

function RouteRow({ route, providers, types }: { route: ProviderRoute; providers: Provider[]; types: ProviderType[] }) {
  const { w, words } = useProviderWords();
  const fitting = types.filter((one) => one.channel === route.channel && one.service === route.service);
  const names = new Set(fitting.map((one) => one.name));
  const mine = providers.filter((one) => names.has(one.type));
  const channel = w.messages.channel[route.channel] ?? route.channel;
  const label = route.service ? `${channel} · ${words.services[route.service] ?? route.service}` : channel;
  const [used, others] = [mine.filter((one) => one.active), mine.filter((one) => !one.active)];
  return (
    <Box component="li" p="md" style={{ borderTop: "1px solid var(--line)" }}>
      <Group justify="space-between" gap="sm">
        <Group gap="sm" wrap="nowrap">
          <ChannelIcon channel={route.channel} />
          <Text fw={600}>{label}</Text>
        </Group>
        <Add types={fitting} label={label} />
      </Group>
      <Stack gap="xs" mt="xs" pl={{ base: 0, sm: 30 }}>
        {used.map((one) => (
          <ProviderLine key={one.id} provider={one} types={types} />
        ))}
        {used.length === 0 && <ServerLine route={route} />}
        {others.map((one) => (
          <ProviderLine key={one.id} provider={one} types={types} />
        ))}
      </Stack>
    </Box>
  );
}

export function ProviderList() {
  const { words } = useProviderWords();
  const routes = useProviderRoutes();
  const types = useProviderTypes().data ?? [];
  const providers = useProviders().data ?? [];
  return (
    <Card title={words.title} line={words.line} flush>
      <Loaded query={routes} rows={5} height={34}>
        {(items) => (
          <Box component="ul" m={0} p={0} style={{ listStyle: "none" }}>
            {items.map((route) => (
              <RouteRow key={`${route.channel} ${route.service}`} route={route} providers={providers} types={types} />
            ))}
          </Box>
        )}
      </Loaded>
    </Card>
  );
}
