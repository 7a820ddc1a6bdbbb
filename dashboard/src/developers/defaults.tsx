/** What the app has for people of whom something is not known, and the hosts that values may lead tracked links to. */
import { Autocomplete, Button, Group, Stack, TagsInput, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { App } from "../api/types";
import { useChange } from "../pieces/change";
import { Card } from "../pieces/page";
import { useApp } from "../shell/app";
import { useSpeech } from "./words";

const zones = Intl.supportedValuesOf("timeZone");

function Fields({ app }: { app: App }) {
  const { w } = useSpeech();
  const [timezone, setTimezone] = useState(app.settings.timezone ?? "");
  const [country, setCountry] = useState(app.settings.country ?? "");
  const [currency, setCurrency] = useState(app.settings.currency ?? "");
  const [source, setSource] = useState(app.settings.utm_source ?? "");
  const [site, setSite] = useState(app.settings.site ?? "");
  const body = { version: app.version, timezone, country, currency, utm_source: source, site: site.trim() };
  const change = useChange({
    run: () => take(server.PATCH("/api/v1/apps/{app}", { params: { path: { app: app.id } }, body })),
    touches: [["apps"]],
    done: w.common.saved,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Autocomplete
          label={w.developers.zone}
          data={zones}
          limit={40}
          required
          withAsterisk={false}
          value={timezone}
          onChange={setTimezone}
        />
        <TextInput
          label={w.developers.country}
          description={w.developers.countryHelp}
          inputWrapperOrder={["label", "input", "description"]}
          maxLength={2}
          value={country}
          onChange={(typed) => setCountry(typed.currentTarget.value.toUpperCase())}
        />
        <TextInput
          label={w.developers.currency}
          description={w.developers.currencyHelp}
          inputWrapperOrder={["label", "input", "description"]}
          maxLength={3}
          value={currency}
          onChange={(typed) => setCurrency(typed.currentTarget.value.toUpperCase())}
        />
        <TextInput
          label={w.developers.site}
          description={w.developers.siteHelp}
          inputWrapperOrder={["label", "input", "description"]}
          type="url"
          placeholder="https://shop.example"
          maxLength={300}
          value={site}
          onChange={(typed) => setSite(typed.currentTarget.value)}
        />
        <TextInput
          label={w.developers.utmSource}
          description={w.developers.utmSourceHelp}
          inputWrapperOrder={["label", "input", "description"]}
          maxLength={50}
          value={source}
          onChange={(typed) => setSource(typed.currentTarget.value.replace(/[^A-Za-z0-9._-]/g, ""))}
        />
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={change.isPending}>
            {w.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Hosts({ app }: { app: App }) {
  const { w } = useSpeech();
  const [hosts, setHosts] = useState(app.settings.link_hosts ?? []);
  const body = { version: app.version, link_hosts: hosts };
  const change = useChange({
    run: () => take(server.PATCH("/api/v1/apps/{app}", { params: { path: { app: app.id } }, body })),
    touches: [["apps"]],
    done: w.common.saved,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TagsInput
          label={w.developers.hosts}
          description={w.developers.hostsHelp}
          inputWrapperOrder={["label", "input", "description"]}
          placeholder={hosts.length ? "" : "*.shop.example"}
          splitChars={[",", " "]}
          acceptValueOnBlur
          value={hosts}
          onChange={setHosts}
        />
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={change.isPending}>
            {w.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const EVENTS = ["viewed", "cart", "cart_over"] as const;

function Shop({ app }: { app: App }) {
  const { w } = useSpeech();
  const [events, setEvents] = useState(() => {
    const { viewed = [], cart = [], cart_over = [] } = app.settings.shop_events ?? {};
    return { viewed, cart, cart_over };
  });
  const change = useChange({
    run: () =>
      take(
        server.PATCH("/api/v1/apps/{app}", {
          params: { path: { app: app.id } },
          body: { version: app.version, shop_events: events },
        }),
      ),
    touches: [["apps"]],
    done: w.common.saved,
  });
  const labels = {
    viewed: w.developers.viewedEvents,
    cart: w.developers.cartEvents,
    cart_over: w.developers.cartOverEvents,
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {EVENTS.map((name) => (
          <TagsInput
            key={name}
            label={labels[name]}
            splitChars={[","]}
            maxTags={10}
            acceptValueOnBlur
            value={events[name]}
            onChange={(names) => setEvents({ ...events, [name]: names })}
          />
        ))}
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={change.isPending}>
            {w.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function ShopEvents() {
  const { w } = useSpeech();
  const { app } = useApp();
  return (
    <Card title={w.developers.shopEvents} line={w.developers.shopEventsBody}>
      {app && <Shop key={app.version} app={app} />}
    </Card>
  );
}

export function LinkHosts() {
  const { w } = useSpeech();
  const { app } = useApp();
  return (
    <Card title={w.developers.linkHosts} line={w.developers.linkHostsBody}>
      {app && <Hosts key={app.version} app={app} />}
    </Card>
  );
}

export function Defaults() {
  const { w } = useSpeech();
  const { app } = useApp();
  return (
    <Card title={w.developers.defaults} line={w.developers.defaultsBody}>
      {app && <Fields key={app.version} app={app} />}
    </Card>
  );
}
