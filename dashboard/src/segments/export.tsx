/** All members as a file, read while it comes, with how far it is. */
import { Button, Menu, Progress, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload } from "@tabler/icons-react";
import { useState } from "react";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";

type Format = "csv" | "parquet";
type Progressed = { done: number; all: number | null };

/** Rows of a CSV are counted as they come; of a Parquet file only the bytes are known. */
async function download(path: string, format: Format, tell: (progress: Progressed) => void): Promise<Blob> {
  const answer = await fetch(`${path}?format=${format}`, { credentials: "same-origin" });
  if (!answer.ok || answer.body === null) throw new Error(String(answer.status));
  const members = Number(answer.headers.get("x-relance-members"));
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done: over, value } = await reader.read();
    if (over) return new Blob(pieces);
    pieces.push(value);
    done += format === "csv" ? value.reduce((lines, byte) => lines + (byte === 10 ? 1 : 0), 0) : value.length;
    tell({ done, all: format === "csv" ? members + 1 : null });
  }
}

export function Export({ segment }: { segment: number }) {
  const { w, f } = useSpeech();
  const { id } = useApp();
  const [progress, setProgress] = useState<Progressed | null>(null);
  const run = async (format: Format) => {
    setProgress({ done: 0, all: null });
    try {
      const file = await download(`/api/v1/apps/${id}/segments/${segment}/members/export`, format, setProgress);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = `segment-${segment}.${format}`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch {
      notifications.show({
        message: w.segments.exportFailed,
        color: "red",
        closeButtonProps: { "aria-label": w.common.close },
      });
    }
    setProgress(null);
  };
  if (progress !== null) {
    const text =
      progress.all === null
        ? f.bytes(progress.done)
        : `${f.number(Math.max(0, progress.done - 1))} / ${f.number(progress.all - 1)}`;
    return (
      <div role="status" style={{ width: 160 }}>
        <Progress
          value={progress.all === null ? 100 : (100 * progress.done) / progress.all}
          animated={progress.all === null}
          aria-label={w.segments.exporting}
        />
        <Text size="xs" className="tabular">
          {text}
        </Text>
      </div>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="xs" leftSection={<IconDownload size={14} aria-hidden />}>
          {w.segments.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void run("csv")}>CSV</Menu.Item>
        <Menu.Item onClick={() => void run("parquet")}>Parquet</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
