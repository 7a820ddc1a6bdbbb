/** The frame around every page of an app: menu, app switcher, banner, content. */
import { Anchor, AppShell, Box, Burger, Button, Group, Menu, NavLink, ScrollArea, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import {
  IconChevronDown,
  IconCode,
  IconHome2,
  IconInbox,
  IconListDetails,
  IconLogout,
  IconMail,
  IconPlus,
  IconRoute,
  IconSend,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";
import { Link, Outlet, useLocation, useNavigate } from "react-router";
import { useApps, useSession, useSignOut } from "../account/session";
import { useSpeech } from "../words/words";
import { useApp } from "./app";
import { LanguageChoice, SchemeChoice } from "./choices";
import { Mark } from "./mark";
import { SendingBanner, StopSending } from "./sending";

const places = [
  { path: "overview", icon: IconHome2 },
  { path: "people", icon: IconUsers },
  { path: "segments", icon: IconUsersGroup },
  { path: "lists", icon: IconListDetails },
  { path: "journeys", icon: IconRoute },
  { path: "messages", icon: IconMail },
  { path: "sending", icon: IconSend },
  { path: "sandbox", icon: IconInbox },
  { path: "developers", icon: IconCode },
] as const;

function AppSwitcher() {
  const { w } = useSpeech();
  const { app } = useApp();
  const apps = useApps();
  const navigate = useNavigate();
  return (
    <Menu width="target" position="bottom-start">
      <Menu.Target>
        <Button
          variant="default"
          fullWidth
          justify="space-between"
          rightSection={<IconChevronDown size={15} aria-hidden />}
          aria-label={`${w.nav.app}: ${app?.name ?? ""}`}
          styles={{ label: { fontWeight: 600 } }}
        >
          {app?.name ?? "…"}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {apps.data?.map((one) => (
          <Menu.Item
            key={one.id}
            onClick={() => void navigate(`/apps/${one.id}/overview`)}
            fw={one.id === app?.id ? 650 : undefined}
          >
            {one.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconPlus size={15} aria-hidden />} onClick={() => void navigate("/apps/new")}>
          {w.nav.newApp}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Foot({ close }: { close: () => void }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const session = useSession();
  const signOut = useSignOut();
  return (
    <Stack gap="sm">
      <StopSending />
      <Group justify="space-between" wrap="nowrap">
        <LanguageChoice />
        <SchemeChoice />
      </Group>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Anchor
          component={Link}
          to={page("account")}
          onClick={close}
          size="xs"
          c="dimmed"
          truncate
          title={w.operators.title}
          aria-label={`${w.operators.title}: ${session.data?.operator.email ?? ""}`}
        >
          {session.data?.operator.email}
        </Anchor>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconLogout size={14} aria-hidden />}
          onClick={() => signOut.mutate()}
          style={{ flexShrink: 0 }}
        >
          {w.nav.signOut}
        </Button>
      </Group>
    </Stack>
  );
}

export function Shell() {
  const { w } = useSpeech();
  const { page } = useApp();
  const { pathname } = useLocation();
  const [opened, { toggle, close }] = useDisclosure(false);
  return (
    <AppShell
      layout="alt"
      header={{ height: { base: 56, sm: 0 } }}
      navbar={{ width: 248, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={{ base: "md", sm: 32 }}
    >
      <a href="#content" className="skip">
        {w.common.skip}
      </a>
      <AppShell.Header hiddenFrom="sm" bg="var(--card)">
        <Group h="100%" px="md" gap="sm">
          <Burger opened={opened} onClick={toggle} size="sm" aria-label={w.nav.menu} aria-expanded={opened} />
          <Mark size={26} />
          <Text fw={700}>Relance</Text>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="md" bg="var(--card)" aria-label={w.nav.main}>
        <Group gap={10} mb="md" px={4} justify="space-between">
          <Group gap={10}>
            <Mark />
            <Text fw={700} fz={18} lts="-0.02em">
              Relance
            </Text>
          </Group>
          <Burger
            hiddenFrom="sm"
            opened={opened}
            onClick={toggle}
            size="sm"
            aria-label={w.nav.menu}
            aria-expanded={opened}
          />
        </Group>
        <AppSwitcher />
        <ScrollArea mt="md" style={{ flex: 1 }} type="auto">
          {places.map(({ path, icon: Icon }) => {
            const active = pathname.startsWith(page(path));
            return (
              <NavLink
                key={path}
                component={Link}
                to={page(path)}
                onClick={close}
                label={w.nav[path]}
                active={active}
                aria-current={active ? "page" : undefined}
                leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
                mb={2}
                styles={{
                  root: { borderRadius: 8, color: active ? "var(--accent-text)" : undefined },
                  label: { fontWeight: active ? 600 : 450 },
                }}
              />
            );
          })}
        </ScrollArea>
        <Foot close={close} />
      </AppShell.Navbar>
      <AppShell.Main>
        <Box m={{ base: "calc(var(--mantine-spacing-md) * -1)", sm: -32 }} mb={{ base: "md", sm: 32 }}>
          <SendingBanner />
        </Box>
        <div id="content" tabIndex={-1} style={{ outline: "none" }}>
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}
