/** Pieces of templates that messages share: what each says, what renders it, and changing it everywhere at once. */
import {
  Anchor,
  Button,
  Code,
  Group,
  Modal,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
  VisuallyHidden,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "react-router";
import { server, take } from "../api/client";
import type { TemplateSnippet } from "../api/types";
import { useChange } from "../pieces/change";
import { Confirm } from "../pieces/confirm";
import { errorAt, isAtField } from "../pieces/field-errors";
import { Card } from "../pieces/page";
import { Loaded } from "../pieces/states";
import { useApp } from "../shell/app";
import { snippets as english } from "../words/en/snippets";
import { snippets as french } from "../words/fr/snippets";
import { useSpeech } from "../words/words";

const WORDS = { en: english, fr: french };

const fields = ["name", "source"];

function useSnippets() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["snippets", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/snippets", { params: { path: { app: id } } })),
    select: (list) => list.items,
  });
}

function Uses({ snippet }: { snippet: TemplateSnippet }) {
  const { language } = useSpeech();
  const words = WORDS[language];
  const { page } = useApp();
  if (snippet.used_by.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.unused}
      </Text>
    );
  }
  return (
    <Text size="sm" component="div">
      {snippet.used_by.map((use, place) => (
        <span key={`${use.kind}${use.id}`}>
          {place > 0 && ", "}
          {use.kind === "message" ? (
            <Anchor component={Link} to={page(`messages/${use.id}`)} size="sm">
              {use.name}
            </Anchor>
          ) : (
            <Code>{use.name}</Code>
          )}
        </span>
      ))}
    </Text>
  );
}

function Editor({ snippet, close }: { snippet: TemplateSnippet | null; close: () => void }) {
  const { w, language } = useSpeech();
  const words = WORDS[language];
  const { id } = useApp();
  const [name, setName] = useState(snippet?.name ?? "");
  const [source, setSource] = useState(snippet?.source ?? "");
  const change = useChange({
    run: () =>
      snippet
        ? take(
            server.PATCH("/api/v1/apps/{app}/snippets/{snippet}", {
              params: { path: { app: id, snippet: snippet.id } },
              body: { version: snippet.version, source },
            }),
          )
        : take(server.POST("/api/v1/apps/{app}/snippets", { params: { path: { app: id } }, body: { name, source } })),
    touches: [["snippets"], ["messages"], ["message"]],
    done: w.common.saved,
    told: (error) => isAtField(error, fields),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(undefined, { onSuccess: close });
  };
  const messages = snippet?.used_by.filter((use) => use.kind === "message").length ?? 0;
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {snippet ? (
          <Group gap={6}>
            <Text size="sm" c="dimmed">
              {words.usedBy}
            </Text>
            <Uses snippet={snippet} />
          </Group>
        ) : (
          <TextInput
            label={w.common.name}
            description={words.nameHelp}
            inputWrapperOrder={["label", "input", "description", "error"]}
            placeholder="footer"
            required
            withAsterisk={false}
            maxLength={64}
            error={errorAt(change.error, "name", w)}
            value={name}
            onChange={(typed) => setName(typed.currentTarget.value.toLowerCase().replace(/[^a-z0-9_-]/g, ""))}
          />
        )}
        <Textarea
          label={words.source}
          autosize
          minRows={6}
          maxRows={20}
          required
          withAsterisk={false}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
          error={errorAt(change.error, "source", w)}
          value={source}
          onChange={(typed) => setSource(typed.currentTarget.value)}
        />
        {messages > 0 && (
          <Text size="sm" c="dimmed">
            {words.touches(messages)}
          </Text>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {w.common.cancel}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {w.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Remove({ snippet }: { snippet: TemplateSnippet }) {
  const { w, language } = useSpeech();
  const words = WORDS[language];
  const { id } = useApp();
  const change = useChange({
    run: () =>
      take(
        server.DELETE("/api/v1/apps/{app}/snippets/{snippet}", { params: { path: { app: id, snippet: snippet.id } } }),
      ),
    touches: [["snippets"]],
  });
  const isUsed = snippet.used_by.length > 0;
  return (
    <Confirm
      title={words.remove(snippet.name)}
      body={isUsed ? <Uses snippet={snippet} /> : words.removeBody}
      action={w.common.delete}
      danger
      possible={!isUsed}
      run={() => change.mutateAsync(undefined)}
    >
      {(open) => (
        <Button variant="default" size="compact-sm" onClick={open}>
          {w.common.delete}
        </Button>
      )}
    </Confirm>
  );
}

function Rows({ snippets, edit }: { snippets: TemplateSnippet[]; edit: (snippet: TemplateSnippet) => void }) {
  const { w, language } = useSpeech();
  const words = WORDS[language];
  if (snippets.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {words.none}
      </Text>
    );
  }
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{w.common.name}</Table.Th>
          <Table.Th>{words.usedBy}</Table.Th>
          <Table.Th>
            <VisuallyHidden>{w.common.actions}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {snippets.map((snippet) => (
          <Table.Tr key={snippet.id}>
            <Table.Td>
              <Anchor component="button" type="button" fw={600} size="sm" ta="left" onClick={() => edit(snippet)}>
                {snippet.name}
              </Anchor>
            </Table.Td>
            <Table.Td>
              <Uses snippet={snippet} />
            </Table.Td>
            <Table.Td ta="right">
              <Remove snippet={snippet} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

export function Snippets() {
  const { w, language } = useSpeech();
  const words = WORDS[language];
  const snippets = useSnippets();
  const [edited, setEdited] = useState<TemplateSnippet | "new" | null>(null);
  const close = () => setEdited(null);
  const snippet = edited === "new" ? null : edited;
  return (
    <Card title={words.title} line={words.line}>
      <Stack gap="sm">
        <Loaded query={snippets} rows={2} height={30}>
          {(items) => <Rows snippets={items} edit={setEdited} />}
        </Loaded>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setEdited("new")}>
            {words.create}
          </Button>
        </Group>
      </Stack>
      <Modal
        opened={edited !== null}
        onClose={close}
        size="lg"
        title={snippet?.name ?? words.create}
        closeButtonProps={{ "aria-label": w.common.close }}
        styles={{ title: { fontWeight: 650 } }}
      >
        {edited !== null && <Editor key={snippet?.id ?? 0} snippet={snippet} close={close} />}
      </Modal>
    </Card>
  );
}
