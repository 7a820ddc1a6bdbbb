/** The mailbox: a list at the left, the chosen e-mail at the right (below it on a narrow screen). */
import { Box, Grid, Group, Stack, Text, TextInput, Title, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconMail, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { Mail } from "../api/types";
import { Moment } from "../pieces/moment";
import { itemsOf, More } from "../pieces/more";
import { Card } from "../pieces/page";
import { Empty, Failed, Loaded, Waiting } from "../pieces/states";
import { useSpeech } from "../words/words";
import classes from "./mailbox.module.css";
import { Mailing } from "./mailing";
import { useMail, useMails } from "./queries";

function Reading({ id }: { id: number | null }) {
  const { w } = useSpeech();
  const mail = useMail(id);
  if (id === null) {
    return (
      <Card h="100%">
        <Empty icon={IconMail} title={w.sandbox.choose} />
      </Card>
    );
  }
  return (
    <Card>
      <Loaded query={mail} rows={8} p={0}>
        {(one) => (
          <Stack gap="md">
            <div>
              <Title order={2} fz={20} style={{ overflowWrap: "anywhere" }}>
                {one.subject}
              </Title>
              <Group justify="space-between" mt={6} gap="xs">
                <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {w.sandbox.from} {one.from} · {w.sandbox.to} {one.to || one.address}
                </Text>
                <Moment at={one.received_at} size="sm" c="dimmed" />
              </Group>
            </div>
            <Mailing address={one.html_url} text={one.text} label={w.sandbox.message} height={560} />
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

function Item({ mail, chosen, choose }: { mail: Mail; chosen: boolean; choose: () => void }) {
  return (
    <UnstyledButton
      component="button"
      className={classes.item}
      data-chosen={chosen || undefined}
      aria-pressed={chosen}
      onClick={choose}
    >
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" fw={550} truncate>
          {mail.to || mail.address}
        </Text>
        <Moment at={mail.received_at} size="xs" c="dimmed" />
      </Group>
      <Text size="sm" truncate>
        {mail.subject}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {mail.preview}
      </Text>
    </UnstyledButton>
  );
}

export function Mailbox() {
  const { w } = useSpeech();
  const [address, setAddress] = useSearchParams();
  const [search, setSearch] = useState("");
  const [settled] = useDebouncedValue(search.trim(), 250);
  const mails = useMails(settled);
  const items = itemsOf(mails);
  const id = address.get("mail") === null ? null : Number(address.get("mail"));
  if (mails.isError && items.length === 0) return <Failed error={mails.error} retry={() => void mails.refetch()} />;
  if (mails.data && items.length === 0 && settled === "") {
    return (
      <Card>
        <Empty icon={IconMail} title={w.sandbox.mailNone}>
          {w.sandbox.mailNoneBody}
        </Empty>
      </Card>
    );
  }
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 4 }}>
        <TextInput
          mb="sm"
          aria-label={w.sandbox.searchMail}
          placeholder={w.sandbox.searchMail}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={(change) => setSearch(change.currentTarget.value)}
        />
        <Card flush>
          {mails.isPending && <Waiting rows={6} height={40} />}
          {mails.data && items.length === 0 && (
            <Text p="lg" c="dimmed" size="sm">
              {w.common.nothingFound}
            </Text>
          )}
          <Box className={classes.list} tabIndex={0} role="region" aria-label={w.sandbox.mail}>
            {items.map((mail) => (
              <Item
                key={mail.id}
                mail={mail}
                chosen={mail.id === id}
                choose={() => setAddress({ tab: "mail", mail: String(mail.id) }, { replace: true })}
              />
            ))}
            <More query={mails} />
          </Box>
        </Card>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Reading id={id} />
      </Grid.Col>
    </Grid>
  );
}
