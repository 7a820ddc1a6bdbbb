/** Sending: what limits it, and what messages leave through. Each part has an address of its own. */
import { Box, Grid, Stack, Tabs } from "@mantine/core";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";
import { ProvidersDown } from "../overview/providers-down";
import { PushPaused } from "../overview/push-paused";
import { Page } from "../pieces/page";
import { ProviderList } from "../providers/list";
import { Caps } from "../restraint/caps";
import { HoldOut } from "../restraint/hold-out";
import { CountryHours, QuietHours } from "../restraint/quiet-hours";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { Queue } from "./queue";

type Part = "limits" | "providers" | "queue";

function Providers() {
  return (
    <>
      <ProvidersDown />
      <PushPaused />
      <ProviderList />
    </>
  );
}

function Limits() {
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Stack>
          <Caps />
          <QuietHours />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Stack>
          <HoldOut />
          <CountryHours />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

const parts: Record<Part, () => ReactNode> = { limits: Limits, providers: Providers, queue: Queue };

export function Sending({ part }: { part: Part }) {
  const { w } = useSpeech();
  const { id, page } = useApp();
  const navigate = useNavigate();
  const Shown = parts[part];
  return (
    <Page title={w.nav.sending} name={`${w.nav.sending}: ${w.sending.parts[part]}`} line={w.sending.line}>
      <Tabs value={part} onChange={(next) => void navigate(page(`sending/${next}`))} keepMounted={false} mb="md">
        <Tabs.List>
          {(Object.keys(parts) as Part[]).map((one) => (
            <Tabs.Tab key={one} value={one}>
              {w.sending.parts[one]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={part} pt="md">
          <Box key={id}>
            <Shown />
          </Box>
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
