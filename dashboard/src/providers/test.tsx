/** A fixed text to one address through a provider, and what it answered. */
import { Button, Stack, Text, TextInput } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { Provider } from "../api/types";
import { useChange } from "../pieces/change";
import { errorAt, isAtField } from "../pieces/field-errors";
import { Notice } from "../pieces/notice";
import { Card } from "../pieces/page";
import { useApp } from "../shell/app";
import { useProviderWords } from "./wording";

export function ProviderTest({ provider }: { provider: Provider }) {
  const { w, words } = useProviderWords();
  const { id } = useApp();
  const [to, setTo] = useState("");
  const send = useChange({
    run: () =>
      take(
        server.POST("/api/v1/apps/{app}/providers/{provider}/test", {
          params: { path: { app: id, provider: provider.id } },
          body: { to },
        }),
      ),
    touches: [],
    told: (error) => isAtField(error, ["to"]),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(undefined);
  };
  return (
    <Card title={words.test} line={words.testLine}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={words.testTo[provider.channel] ?? words.testToOther}
            required
            withAsterisk={false}
            value={to}
            onChange={(typed) => setTo(typed.currentTarget.value)}
            error={errorAt(send.error, "to", w)}
          />
          <Button
            type="submit"
            variant="default"
            leftSection={<IconSend size={16} aria-hidden />}
            loading={send.isPending}
          >
            {words.testDo}
          </Button>
          <div role="status">
            {send.data && (
              <Notice tone={send.data.taken ? "good" : "bad"}>
                <Text size="sm" fw={550}>
                  {send.data.taken ? words.taken : words.notTaken}
                </Text>
                {send.data.detail && (
                  <Text size="sm" style={{ overflowWrap: "anywhere" }}>
                    {words.answered} {send.data.detail}
                  </Text>
                )}
              </Notice>
            )}
          </div>
        </Stack>
      </form>
    </Card>
  );
}
