/** A message checked over a sample of people before it is published: what is missing for how many, what fails, sizes, links. */
import { Button, Group, Select, Stack, Text } from "@mantine/core";
import { IconChecklist } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useState } from "react";
import { server, take } from "../api/client";
import type { components } from "../api/schema";
import type { Message } from "../api/types";
import { PersonLink } from "../people/person-link";
import { Notice } from "../pieces/notice";
import { Card } from "../pieces/page";
import { Failed } from "../pieces/states";
import { useSegments } from "../segments/queries";
import { useApp } from "../shell/app";
import { check as english } from "../words/en/check";
import { check as french } from "../words/fr/check";
import { useSpeech } from "../words/words";

const WORDS = { en: english, fr: french };

type Checked = components["schemas"]["MessageCheckAnswer"];

function Lines({ children }: { children: ReactNode }) {
  return <ul style={{ margin: "4px 0 0", paddingInlineStart: 20, overflowWrap: "anywhere" }}>{children}</ul>;
}

const field = (path: string) => path.replace(/^content\./, "");

function Result({ found }: { found: Checked }) {
  const { w, f, language } = useSpeech();
  const words = WORDS[language];
  const example = (id: number) => (
    <>
      {" "}
      {words.example} <PersonLink id={id} />
    </>
  );
  const tooLarge = found.languages.filter((one) => one.largest?.is_too_large);
  const problems = found.links.filter((one) => one.problem);
  const isFine = found.faults.length + found.missing.length + tooLarge.length + problems.length === 0;
  return (
    <Stack gap="sm">
      <Text size="sm">
        {words.people(found.people)}
        {found.without_address > 0 && ` ${words.withoutAddress(found.without_address)}`}
      </Text>
      {found.people > 0 && isFine && <Notice tone="good">{words.fine}</Notice>}
      {found.faults.length > 0 && (
        <Notice tone="bad" title={words.faults}>
          <Lines>
            {found.faults.map((one) => (
              <li key={`${one.path} ${one.detail_reason}`}>
                {words.of(one.people)}{" "}
                {w.error({
                  message: one.detail,
                  reason: one.detail_reason,
                  parameters: one.detail_parameters,
                })}
                {example(one.example)}
              </li>
            ))}
          </Lines>
        </Notice>
      )}
      {found.missing.length > 0 && (
        <Notice tone="doubt" title={words.missing}>
          <Lines>
            {found.missing.map((one) => (
              <li key={`${one.path} ${one.variable}`}>
                {words.of(one.people)} {w.credit.gap(one.variable, field(one.path))}
                {example(one.example)}
              </li>
            ))}
          </Lines>
        </Notice>
      )}
      {problems.length > 0 && (
        <Notice tone="doubt" title={words.links}>
          <Lines>
            {problems.map((one) => (
              <li key={one.url}>
                {one.url} {one.problem === "local" ? words.local : words.insecure}
              </li>
            ))}
          </Lines>
        </Notice>
      )}
      {found.languages.map(
        (one) =>
          one.largest && (
            <Text key={one.language ?? ""} size="sm" c={one.largest.is_too_large ? undefined : "dimmed"}>
              {one.language && `${f.language(one.language)} (${words.read(one.people)})\u00a0· `}
              {(one.largest.is_too_large ? words.tooLarge : words.largest)(
                f.number(one.largest.size),
                f.number(one.largest.most),
                words.unit[one.largest.unit] ?? one.largest.unit,
              )}
            </Text>
          ),
      )}
    </Stack>
  );
}

export function CheckMessage({ message }: { message: Message }) {
  const { w, language } = useSpeech();
  const { id } = useApp();
  const words = WORDS[language];
  const segments = useSegments().data ?? [];
  const [segment, choose] = useState<string | null>(null);
  const check = useMutation({
    mutationFn: () =>
      take(
        server.POST("/api/v1/apps/{app}/messages/{message}/check", {
          params: { path: { app: id, message: message.id } },
          body: { segment: segment === null ? null : Number(segment), people: 200 },
        }),
      ),
  });
  return (
    <Card title={words.title} line={words.help}>
      <Stack gap="sm">
        <Group align="flex-end" gap="xs">
          <Select
            label={words.segment}
            placeholder={words.everybody}
            clearable
            searchable
            nothingFoundMessage={w.common.nothingFound}
            value={segment}
            onChange={choose}
            data={segments.map((one) => ({ value: String(one.id), label: one.name }))}
            style={{ flex: 1 }}
          />
          <Button
            variant="default"
            loading={check.isPending}
            onClick={() => check.mutate()}
            leftSection={<IconChecklist size={16} aria-hidden />}
          >
            {words.go}
          </Button>
        </Group>
        <div role="status">{check.data && <Result found={check.data} />}</div>
        {check.isError && <Failed error={check.error} retry={() => check.mutate()} />}
      </Stack>
    </Card>
  );
}
