/** Putting people on a list, or taking them off: pasted or from a file, with progress, and what could not be found. */
import { Alert, Button, FileButton, Group, Progress, Stack, Tabs, Text, Textarea } from "@mantine/core";
import { IconFileUpload } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { server, take } from "../api/client";
import { Notice } from "../pieces/notice";
import { Card } from "../pieces/page";
import { errorText } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { pasted, pieces } from "./entries";
import { FromFile } from "./from-file";

const atOnce = 1_000; // the most that the API takes in a request
const largest = 10_000_000; // bytes of a file
type Way = "add" | "remove";
type Report = { way: Way; changed: number; unknown: string[]; done: number; error: unknown };

function Unknown({ entries }: { entries: string[] }) {
  const { w } = useSpeech();
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([entries.join("\n")], { type: "text/plain" }));
    link.download = "unknown.txt";
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <Notice tone="doubt" title={w.lists.unknown(entries.length)}>
      <Text size="sm">{w.lists.unknownHelp}</Text>
      <Text size="sm" mt="xs" style={{ overflowWrap: "anywhere" }}>
        {entries.slice(0, 12).join(", ")}
        {entries.length > 12 && " …"}
      </Text>
      <Button size="xs" variant="default" mt="sm" onClick={save}>
        {w.lists.unknownSave}
      </Button>
    </Notice>
  );
}

function Told({ report }: { report: Report }) {
  const { w, f } = useSpeech();
  return (
    <Stack gap="sm" role="status">
      <Text size="sm" fw={600}>
        {report.way === "add" ? w.lists.added(report.changed) : w.lists.removed(report.changed)}
      </Text>
      {report.error !== null && (
        <Alert color="red" variant="light" title={w.lists.stoppedAt(f.number(report.done))}>
          {errorText(report.error, w)}
        </Alert>
      )}
      {report.unknown.length > 0 && <Unknown entries={report.unknown} />}
    </Stack>
  );
}

export function Fill({ list }: { list: number }) {
  const { w, f } = useSpeech();
  const { id: app } = useApp();
  const queries = useQueryClient();
  const [way, setWay] = useState<Way>("add");
  const [text, setText] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [read, setRead] = useState<string[]>([]);
  const [tooLarge, setTooLarge] = useState(false);
  const [done, setDone] = useState<number | null>(null);
  const [report, setReport] = useState<Report | null>(null);
  const entries = file ? read : pasted(text);
  const choose = (chosen: File | null) => {
    setTooLarge(chosen !== null && chosen.size > largest);
    if (chosen && chosen.size <= largest) setFile(chosen);
  };
  const send = async () => {
    const told: Report = { way, changed: 0, unknown: [], done: 0, error: null };
    setReport(null);
    try {
      for (const piece of pieces(entries, atOnce)) {
        setDone(told.done);
        const answer = await take(
          server.POST("/api/v1/apps/{app}/lists/{list_id}/people", {
            params: { path: { app, list_id: list } },
            body: { [way]: piece },
          }),
        );
        told.changed += way === "add" ? answer.added : answer.removed;
        told.unknown.push(...answer.unknown);
        told.done += piece.length;
      }
      setText("");
      setFile(null);
    } catch (error) {
      told.error = error;
    }
    setDone(null);
    setReport(told);
    await Promise.all(
      [
        ["preview", app],
        ["lists", app, "sizes"],
      ].map((queryKey) => queries.invalidateQueries({ queryKey })),
    );
  };
  return (
    <Card>
      <Stack>
        <Tabs value={way} onChange={(next) => setWay(next === "remove" ? "remove" : "add")}>
          <Tabs.List>
            <Tabs.Tab value="add">{w.lists.add}</Tabs.Tab>
            <Tabs.Tab value="remove">{w.lists.remove}</Tabs.Tab>
          </Tabs.List>
        </Tabs>
        {file ? (
          <FromFile key={`${file.name}/${file.lastModified}`} file={file} found={setRead} drop={() => setFile(null)} />
        ) : (
          <Textarea
            label={w.lists.paste}
            description={w.lists.pasteHelp}
            placeholder={"lea@example.org\nu-1042"}
            autosize
            minRows={4}
            maxRows={12}
            value={text}
            onChange={(change) => setText(change.currentTarget.value)}
          />
        )}
        {tooLarge && (
          <Text size="sm" c="var(--bad-text)" role="alert">
            {w.lists.fileTooLarge}
          </Text>
        )}
        {done !== null && (
          <div>
            <Progress
              value={(100 * done) / Math.max(1, entries.length)}
              aria-label={w.lists.working(f.number(done), f.number(entries.length))}
            />
            <Text size="sm" mt={4} aria-live="polite">
              {w.lists.working(f.number(done), f.number(entries.length))}
            </Text>
          </div>
        )}
        <Group justify="space-between">
          <FileButton
            onChange={choose}
            accept=".csv,.txt,text/plain,text/csv"
            inputProps={{ "aria-label": w.lists.file }}
          >
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconFileUpload size={16} aria-hidden />}>
                {w.lists.file}
              </Button>
            )}
          </FileButton>
          <Button disabled={entries.length === 0} loading={done !== null} onClick={() => void send()}>
            {way === "add" ? w.lists.run(entries.length) : w.lists.runOff(entries.length)}
          </Button>
        </Group>
        {report && <Told report={report} />}
      </Stack>
    </Card>
  );
}
