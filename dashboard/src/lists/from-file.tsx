/**
 * A file that was chosen: which of its columns holds the people, whether its first row names them, and how it is
 * written.
 */
import { Alert, Button, Checkbox, Group, Select, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Failure, server, take } from "../api/client";
import { errorText } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";

/** What is asked of the server's reader; what is null it guesses. */
type Asked = { column: number | null; header: boolean | null; encoding: string };

const encodings = ["windows-1252", "iso-8859-15", "utf-16-le", "mac-roman"];

function useColumns(file: File, asked: Asked) {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["list-file", id, file.name, file.size, file.lastModified, asked],
    queryFn: () => {
      const query = {
        ...(asked.column === null ? {} : { column: asked.column }),
        ...(asked.header === null ? {} : { header: asked.header }),
        ...(asked.encoding === "" ? {} : { encoding: asked.encoding }),
      };
      return take(
        server.POST("/api/v1/apps/{app}/lists/file", {
          params: { ...params, query },
          body: file as never,
          bodySerializer: (whole) => whole,
          headers: { "content-type": "application/octet-stream" },
        }),
      );
    },
    retry: false,
    gcTime: 0,
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
}

export function FromFile({ file, found, drop }: { file: File; found: (entries: string[]) => void; drop: () => void }) {
  const { w, f } = useSpeech();
  const [asked, setAsked] = useState<Asked>({ column: null, header: null, encoding: "" });
  const query = useColumns(file, asked);
  const read = query.isError ? undefined : query.data;
  useEffect(() => found(read?.entries ?? []), [found, read]);
  const isWritten = asked.encoding !== "" || (query.error instanceof Failure && query.error.data.path === "encoding");
  const named = (place: number, name: string, sample: string[]) =>
    name !== "" ? name : `${w.lists.column(place + 1)}${sample.length > 0 ? `: ${sample.join(", ")}` : ""}`;
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          <b>{file.name}</b>
          {read && `: ${w.lists.entries(read.entries.length)}`}
        </Text>
        <Button size="compact-sm" variant="subtle" onClick={drop} style={{ flexShrink: 0 }}>
          {w.common.cancel}
        </Button>
      </Group>
      {query.isError && (
        <Alert color="red" variant="light" title={w.lists.fileUnread} role="alert">
          {errorText(query.error, w)}
        </Alert>
      )}
      {isWritten && (
        <Select
          label={w.lists.encoding}
          description={w.lists.encodingHelp}
          data={encodings}
          value={asked.encoding || null}
          onChange={(encoding) => setAsked({ column: null, header: null, encoding: encoding ?? "" })}
        />
      )}
      {read && read.columns.length > 0 && (
        <>
          <Select
            label={w.lists.whichColumn}
            description={w.lists.whichColumnHelp}
            allowDeselect={false}
            value={String(read.column)}
            data={read.columns.map((one, place) => ({
              value: String(place),
              label: named(place, one.name, one.sample),
            }))}
            onChange={(place) => place !== null && setAsked({ ...asked, column: Number(place), header: read.header })}
          />
          <Checkbox
            label={w.lists.hasHeader}
            checked={read.header}
            onChange={(change) => setAsked({ ...asked, column: read.column, header: change.currentTarget.checked })}
          />
          {read.entries.length > 0 && (
            <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {w.lists.firstOfThem} {f.list(read.entries.slice(0, 3))}
            </Text>
          )}
          {read.too_long > 0 && (
            <Text size="sm" c="var(--doubt-text)">
              {w.lists.tooLong(read.too_long)}
            </Text>
          )}
        </>
      )}
      {read && read.columns.length === 0 && <Text size="sm">{w.lists.fileEmpty}</Text>}
    </Stack>
  );
}
