/** The phones that got something last, each with its lock screen. */
import { Button, Center, Group, Skeleton, TextInput } from "@mantine/core";
import { IconDeviceMobile, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import type { Phone, Push, TextMessage } from "../api/types";
import { itemsOf } from "../pieces/more";
import { Card } from "../pieces/page";
import { Empty, Failed } from "../pieces/states";
import { useSpeech } from "../words/words";
import { type CardContent, PhoneFrame, PushCard, TextCard, WriteBack } from "./phone";
import classes from "./phone.module.css";
import { reported, useAnswer, usePhones, usePushes, useTexts } from "./queries";

const step = 6;
const systems: Record<string, string> = { apns: "iPhone", fcm: "Android" };

function cardOf(push: Push): CardContent {
  const buttons = push.buttons.flatMap((one) => (one.title ? [{ title: one.title, url: one.url || undefined }] : []));
  return {
    title: push.title,
    body: push.body,
    image: push.image || undefined,
    url: push.url || undefined,
    at: push.received_at,
    buttons,
    system: systems[push.service],
  };
}

/** A push that an app shows: a tap is told to the server as the app tells it, and leads where the app would go. */
function AppPush({ push }: { push: Push }) {
  const { w } = useSpeech();
  const [opened, setOpened] = useState<string | null>(null);
  const tapped = (url: string) => {
    if (push.receipts.clicked) void reported(push.receipts.clicked);
    if (/^https?:/.test(url)) window.open(url, "_blank", "noopener,noreferrer");
    setOpened(url);
  };
  return (
    <>
      <PushCard push={cardOf(push)} tapped={tapped} />
      {opened !== null && (
        <p className={classes.told} role="status">
          {w.sandbox.appOpens(opened)}
        </p>
      )}
    </>
  );
}

/** Pushes and texts in one row, the newest first. */
function useShown(phone: Phone) {
  const pushes = usePushes(phone).data?.items.filter((push) => !push.is_silent) ?? [];
  const texts = useTexts(phone).data?.items ?? [];
  const all: { at: number; id: number; push?: Push; text?: TextMessage }[] = [
    ...pushes.map((push) => ({ at: push.received_at, id: push.id, push })),
    ...texts.map((text) => ({ at: text.received_at, id: text.id, text })),
  ];
  return { shown: all.sort((a, b) => b.at - a.at || b.id - a.id), last: texts.find((text) => text.way === "to_phone") };
}

function LockScreen({ phone }: { phone: Phone }) {
  const { w } = useSpeech();
  const { shown, last } = useShown(phone);
  const answer = useAnswer();
  const note = (text: TextMessage) => (text.way === "to_phone" ? w.sandbox.parts(text.parts, text.encoding) : "");
  return (
    <PhoneFrame
      label={w.sandbox.lockScreen(phone.name)}
      name={phone.name}
      at={phone.last_received_at}
      foot={
        last && (
          <WriteBack
            label={w.sandbox.answerTo(last.sender)}
            busy={answer.isPending}
            send={(words) => answer.mutate({ text: last.id, words })}
          />
        )
      }
    >
      {shown.map(({ id, push, text }) =>
        text ? (
          <TextCard
            key={id}
            text={{
              body: text.body,
              sender: text.sender,
              at: text.received_at,
              note: note(text),
              mine: text.way === "from_phone",
            }}
          />
        ) : push && push.service !== "browser" ? (
          <AppPush key={id} push={push} />
        ) : (
          push && <PushCard key={id} push={cardOf(push)} />
        ),
      )}
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
    const reached = items.filter(
      (phone) => phone.pushes + phone.texts > 0 && phone.name.toLocaleLowerCase().includes(text),
    );
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
