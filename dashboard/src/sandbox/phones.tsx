/** The phones that got something last, each with its lock screen. */
import { Button, Center, Group, Skeleton, TextInput } from "@mantine/core";
import { IconDeviceMobile, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { Phone, Push } from "../api/types";
import { itemsOf } from "../pieces/more";
import { Card } from "../pieces/page";
import { Empty, Failed } from "../pieces/states";
import { useSpeech } from "../words/words";
import { type CardContent, PhoneFrame, PushCard } from "./phone";
import { usePhones, usePushes } from "./queries";

const step = 6;

function cardOf(push: Push): CardContent {
  const buttons = push.buttons.flatMap((one) => (one.title ? [{ title: one.title, url: one.url || undefined }] : []));
  return {
    title: push.title,
    body: push.body,
    image: push.image || undefined,
    url: push.url || undefined,
    at: push.received_at,
    buttons,
  };
}

function LockScreen({ phone }: { phone: Phone }) {
  const { w } = useSpeech();
  const pushes = usePushes(phone);
  return (
    <PhoneFrame label={w.sandbox.lockScreen(phone.name)} name={phone.name} at={phone.last_received_at}>
      {pushes.data?.items.map((push) => (
        <PushCard key={push.id} push={cardOf(push)} />
      ))}
    </PhoneFrame>
  );
}

export function Phones() {
  const { w } = useSpeech();
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState(step);
  const phones = usePhones();
  const items = itemsOf(phones);
  const found = useMemo(() => {
    const text = search.trim().toLocaleLowerCase();
    const reached = items.filter((phone) => phone.pushes > 0 && phone.name.toLocaleLowerCase().includes(text));
    return reached.sort((a, b) => b.last_received_at - a.last_received_at);
  }, [items, search]);
  const more = () => {
    setShown(shown + step);
    if (phones.hasNextPage && found.length < shown + step) void phones.fetchNextPage();
  };
  if (phones.isError && items.length === 0) return <Failed error={phones.error} retry={() => void phones.refetch()} />;
  return (
    <>
      <TextInput
        mb="lg"
        maw={320}
        aria-label={w.sandbox.searchPhones}
        placeholder={w.sandbox.searchPhones}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(change) => setSearch(change.currentTarget.value)}
      />
      {phones.isPending && (
        <Group gap="xl">
          {[1, 2, 3].map((one) => (
            <Skeleton key={one} w={300} h={488} radius={42} />
          ))}
        </Group>
      )}
      {phones.data && found.length === 0 && (
        <Card>
          <Empty icon={IconDeviceMobile} title={search === "" ? w.sandbox.phonesNone : w.common.nothingFound}>
            {search === "" && w.sandbox.phonesNoneBody}
          </Empty>
        </Card>
      )}
      <Group gap="xl" align="flex-start">
        {found.slice(0, shown).map((phone) => (
          <LockScreen key={phone.name} phone={phone} />
        ))}
      </Group>
      {(found.length > shown || phones.hasNextPage) && (
        <Center py="lg">
          <Button variant="default" onClick={more} loading={phones.isFetchingNextPage}>
            {w.common.more}
          </Button>
        </Center>
      )}
    </>
  );
}
