import { Button, Grid, Group, Stack, Table, Text } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { server, take } from "../api/client";
import type { Message, Outcome } from "../api/types";
import { kindOf } from "../channels/kinds";
import { PersonPick } from "../people/pick";
import { useChange } from "../pieces/change";
import { type FigureData, Figures } from "../pieces/figure";
import { PageFailed } from "../pieces/not-there";
import { Card, Page } from "../pieces/page";
import { PutAway } from "../pieces/put-away";
import { Loaded, Quiet, Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { DeliveryTable } from "./deliveries";
import { EventGiven, FilledPreview, useGivenEvent } from "./filled";
import { useMessage, useMessageDeliveries, useOutcomes } from "./queries";
import { UnseenTraits } from "./unseen";

// Its words are many, and only this card needs them.
const CheckMessage = lazy(async () => ({ default: (await import("./check")).CheckMessage }));
const Limits = lazy(() => import("./limits"));

/** Nobody sees a push being opened: a phone only says that it arrived, and that it was tapped. */
function useFigures(figures: Outcome | undefined, tellsDelivery: boolean): FigureData[] {
  const { w, f } = useSpeech();
  const sent = figures?.sent ?? 0;
  const [reached, aimed] = [figures?.reached ?? 0, figures?.aimed ?? 0];
  const of = (n: number | null | undefined, whole = reached, say = w.overview.ofSent) =>
    whole > 0 && n !== null && say(f.share(n ?? 0, whole));
  const known = (n: number | null | undefined) => (n === null ? "–" : f.number(n ?? 0));
  return [
    { label: w.messages.sent, value: f.number(sent) },
    tellsDelivery
      ? { label: w.messages.delivered, value: known(figures?.delivered), detail: of(figures?.delivered) }
      : { label: w.messages.opened, value: known(figures?.opened), detail: of(figures?.opened) },
    { label: w.messages.clicked, value: f.number(figures?.clicked ?? 0), detail: of(figures?.clicked) },
    {
      label: w.messages.converted,
      value: known(figures?.converted),
      detail: of(figures?.converted, aimed, w.overview.ofAimed),
    },
    { label: w.messages.revenue, value: figures ? f.revenue(figures) : f.money(0), accent: true },
  ];
}

function TestSend({ message }: { message: Message }) {
  const { w } = useSpeech();
  const { id } = useApp();
  const [person, setPerson] = useState<number | null>(null);
  const given = useGivenEvent();
  const send = useChange({
    run: () =>
      take(
        server.POST("/api/v1/apps/{app}/messages/{message}/test", {
          params: { path: { app: id, message: message.id } },
          body: { person: person ?? 0, event: given.event ?? {} },
        }),
      ),
    touches: [["deliveries", id]],
    done: w.messages.testDone,
  });
  return (
    <Card title={w.messages.test} line={w.messages.testHelp}>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          send.mutate(undefined);
        }}
      >
        <Stack gap="sm">
          <EventGiven given={given} person={null} />
          <Group align="flex-end" gap="xs">
            <PersonPick label={w.messages.testTo} value={person} choose={setPerson} />
            <Button
              type="submit"
              disabled={person === null || given.bad}
              loading={send.isPending}
              leftSection={<IconSend size={16} aria-hidden />}
            >
              {w.messages.testDo}
            </Button>
          </Group>
          <Text size="xs" c="dimmed">
            {w.credit.testReal}
          </Text>
        </Stack>
      </form>
    </Card>
  );
}

function Facts({ message, figures }: { message: Message; figures: Outcome | undefined }) {
  const { w, f } = useSpeech();
  const facts: [string, string][] = [
    [w.messages.topic, message.topic],
    [
      w.messages.goal,
      message.goal === "none"
        ? w.messages.goalNone
        : message.goal
          ? w.messages.goalOwn(message.goal.event, f.duration(message.goal.within ?? "3d"))
          : w.messages.goalOfJourney,
    ],
    [w.messages.validFor, message.valid_for ? f.duration(message.valid_for) : w.messages.always],
    ...(message.language
      ? [
          [
            w.messages.languages,
            f.list([message.language, ...Object.keys(message.translations).sort()].map((one) => f.language(one))),
          ] as [string, string],
        ]
      : []),
    [w.messages.missing, message.require_values ? w.messages.missingHolds : w.messages.missingLeaves],
    [w.messages.skipped, f.number(figures?.skipped ?? 0)],
    [w.messages.failed, f.number(figures?.failed ?? 0)],
    [w.messages.unsubscribed, f.number(figures?.unsubscribed ?? 0)],
  ];
  return (
    <Card title={w.messages.figures} flush>
      <Table withRowBorders={false} verticalSpacing={6} mb="sm" horizontalSpacing="lg">
        <Table.Tbody>
          {facts.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th fw={400} c="dimmed">
                {name}
              </Table.Th>
              <Table.Td ta="right" className="tabular" style={{ whiteSpace: "normal" }}>
                {value}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Card>
  );
}

/** To put the message away, take it out again, or delete it where it was never meant for anybody. */
function Endings({ message, figures }: { message: Message; figures: Outcome | undefined }) {
  const { w } = useSpeech();
  const { id, page } = useApp();
  const navigate = useNavigate();
  const params = { path: { app: id, message: message.id } };
  const touches = [
    ["message", id, message.id],
    ["messages", id],
  ];
  const turn = useChange({
    run: (word: "archive" | "restore") =>
      take(
        server.POST(`/api/v1/apps/{app}/messages/{message}/${word}`, { params, body: { version: message.version } }),
      ),
    touches,
  });
  const remove = useChange({
    run: () => take(server.DELETE("/api/v1/apps/{app}/messages/{message}", { params })),
    touches: [["messages", id]],
    done: w.messages.deleted,
  });
  const away = async () => {
    await remove.mutateAsync(undefined);
    await navigate(page("messages"));
  };
  const isArchived = message.archived_at !== null;
  return (
    <>
      {isArchived && (
        <Button variant="default" loading={turn.isPending} onClick={() => turn.mutate("restore")}>
          {w.messages.restore}
        </Button>
      )}
      <PutAway
        archive={
          isArchived
            ? null
            : {
                label: w.common.archive,
                title: w.messages.archiveTitle,
                body: w.messages.archiveBody,
                run: () => turn.mutateAsync("archive"),
              }
        }
        remove={
          figures
            ? null
            : { label: w.common.delete, title: w.messages.deleteTitle, body: w.messages.deleteBody, run: away }
        }
      />
    </>
  );
}

export function MessagePage() {
  const { w } = useSpeech();
  const { page } = useApp();
  const id = Number(useParams().message);
  const query = useMessage(id);
  const figures = useOutcomes().get(id);
  const cards = useFigures(figures, kindOf(query.data?.channel ?? "")?.measures.includes("delivered") ?? false);
  const deliveries = useMessageDeliveries(id);
  const message = query.data;
  if (query.isError && !message) return <PageFailed error={query.error} retry={() => void query.refetch()} />;
  if (!message) return <Waiting rows={10} p={0} />;
  const line = (
    <Group gap="xs">
      {w.messages.channel[message.channel]}
      <Label tone="quiet">{w.messages.class[message.class] ?? message.class}</Label>
      {message.archived_at !== null && <Label tone="doubt">{w.common.archived}</Label>}
      <Text span size="sm">
        {w.messages.classHelp[message.class]}
      </Text>
    </Group>
  );
  return (
    <Page
      title={message.name}
      line={line}
      back={{ to: page("messages"), label: w.messages.title }}
      actions={<Endings message={message} figures={figures} />}
    >
      <UnseenTraits message={message} />
      <Figures columns={5} items={cards} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Card title={w.messages.preview} line={w.messages.previewHelp}>
            <FilledPreview message={message} />
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack>
            <Suspense fallback={<Waiting rows={4} />}>
              <CheckMessage message={message} />
            </Suspense>
            <TestSend message={message} />
            <Suspense fallback={<Waiting rows={4} />}>
              <Limits message={message} />
            </Suspense>
            <Facts message={message} figures={figures} />
            <Card title={w.messages.deliveries} flush>
              <Loaded query={deliveries} rows={4}>
                {({ items }) =>
                  items.length === 0 ? (
                    <Quiet>{w.messages.deliveriesNone}</Quiet>
                  ) : (
                    <DeliveryTable deliveries={items} subject="person" />
                  )
                }
              </Loaded>
            </Card>
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
