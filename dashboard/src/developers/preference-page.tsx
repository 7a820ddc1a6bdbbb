/** What people see on the preference page that the app decides: its logo, and the topics to choose from. */
import { ActionIcon, Button, FileButton, Group, Image, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { App } from "../api/types";
import { useChange } from "../pieces/change";
import { Card } from "../pieces/page";
import { useApp } from "../shell/app";
import { useSpeech } from "./words";

type Row = { number: number; topic: string; en: string; fr: string };

const rowsOf = (app: App): Row[] =>
  (app.settings.topics ?? []).map((each, number) => ({
    number,
    topic: each.topic,
    en: each.titles?.en ?? "",
    fr: each.titles?.fr ?? "",
  }));

const titlesOf = ({ en, fr }: Row): { [language: string]: string } => ({ ...(en && { en }), ...(fr && { fr }) });

const asDataUrl = (file: File) =>
  new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

function Fields({ app }: { app: App }) {
  const { w } = useSpeech();
  const [logo, setLogo] = useState(app.settings.logo ?? "");
  const [rows, setRows] = useState(rowsOf(app));
  const [days, setDays] = useState<number | string>(app.settings.deletion_days ?? 7);
  const change = useChange({
    run: () =>
      take(
        server.PATCH("/api/v1/apps/{app}", {
          params: { path: { app: app.id } },
          body: {
            version: app.version,
            logo,
            deletion_days: days === "" ? 0 : Number(days),
            topics: rows.filter((row) => row.topic).map((row) => ({ topic: row.topic, titles: titlesOf(row) })),
          },
        }),
      ),
    touches: [["apps"]],
    done: w.common.saved,
  });
  const edit = (number: number, changed: Partial<Row>) =>
    setRows(rows.map((row) => (row.number === number ? { ...row, ...changed } : row)));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Group gap="sm">
          {logo && <Image src={logo} alt={w.developers.logo} h={40} w="auto" fit="contain" />}
          <FileButton
            accept="image/png,image/jpeg,image/gif,image/webp"
            onChange={(file) => void (file && asDataUrl(file).then(setLogo))}
          >
            {(props) => (
              <Button {...props} variant="default" size="compact-md">
                {w.developers.logoChoose}
              </Button>
            )}
          </FileButton>
          {logo && (
            <Button variant="subtle" size="compact-md" onClick={() => setLogo("")}>
              {w.developers.logoRemove}
            </Button>
          )}
        </Group>
        <Text size="xs" c="dimmed">
          {w.developers.logoHelp}
        </Text>
        {rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {w.developers.topicsNone}
          </Text>
        )}
        {rows.map((row) => (
          <Group key={row.number} gap="xs" align="end" wrap="nowrap">
            <TextInput
              label={w.developers.topic}
              value={row.topic}
              maxLength={100}
              style={{ flex: 1 }}
              onChange={(typed) => edit(row.number, { topic: typed.currentTarget.value })}
            />
            <TextInput
              label={w.developers.topicEnglish}
              value={row.en}
              maxLength={100}
              style={{ flex: 1 }}
              onChange={(typed) => edit(row.number, { en: typed.currentTarget.value })}
            />
            <TextInput
              label={w.developers.topicFrench}
              value={row.fr}
              maxLength={100}
              style={{ flex: 1 }}
              onChange={(typed) => edit(row.number, { fr: typed.currentTarget.value })}
            />
            <ActionIcon
              variant="subtle"
              size="lg"
              aria-label={w.developers.topicRemove(row.topic)}
              onClick={() => setRows(rows.filter((each) => each.number !== row.number))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          </Group>
        ))}
        <NumberInput
          label={w.developers.deletionDays}
          description={w.developers.deletionDaysHelp}
          inputWrapperOrder={["label", "input", "description", "error"]}
          min={0}
          max={30}
          allowDecimal={false}
          styles={{ input: { maxWidth: 120 } }}
          value={days}
          onChange={setDays}
        />
        <Group justify="space-between">
          <Button
            variant="subtle"
            size="compact-md"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() =>
              setRows([
                ...rows,
                { number: Math.max(-1, ...rows.map((row) => row.number)) + 1, topic: "", en: "", fr: "" },
              ])
            }
          >
            {w.developers.topicAdd}
          </Button>
          <Button type="submit" variant="default" loading={change.isPending}>
            {w.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function PreferencePage() {
  const { w } = useSpeech();
  const { app } = useApp();
  return (
    <Card title={w.developers.preferencePage} line={w.developers.preferencePageBody}>
      {app && <Fields key={app.version} app={app} />}
    </Card>
  );
}
