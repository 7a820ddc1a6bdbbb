/** The share of people who get no marketing, with whom the others are compared. */
import { Button, Group, NumberInput, Stack, Text } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { App } from "../api/types";
import { useChange } from "../pieces/change";
import { errorAt, isAtField } from "../pieces/field-errors";
import { Card } from "../pieces/page";
import { useApp } from "../shell/app";
import { useRestraintWords } from "./wording";

function Share({ app }: { app: App }) {
  const { w, f, words } = useRestraintWords();
  const saved = app.settings.hold_out_percent ?? 0;
  const [percent, setPercent] = useState<number | "">(saved);
  const body = { version: app.version, hold_out_percent: percent === "" ? 0 : percent };
  const change = useChange({
    run: () => take(server.PATCH("/api/v1/apps/{app}", { params: { path: { app: app.id } }, body })),
    touches: [["apps"]],
    done: w.common.saved,
    told: (error) => isAtField(error, ["hold_out_percent"]),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{saved > 0 ? words.holdOut.about(f.rate(saved / 100)) : words.holdOut.nobody}</Text>
        <NumberInput
          label={words.holdOut.percent}
          description={words.holdOut.help}
          inputWrapperOrder={["label", "input", "description", "error"]}
          suffix=" %"
          min={0}
          max={50}
          decimalScale={1}
          value={percent}
          onChange={(typed) => setPercent(typeof typed === "number" ? typed : "")}
          error={errorAt(change.error, "hold_out_percent", w)}
        />
        <Group justify="flex-end">
          <Button type="submit" variant="default" loading={change.isPending}>
            {w.common.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function HoldOut() {
  const { words } = useRestraintWords();
  const { app } = useApp();
  return (
    <Card title={words.holdOut.title} line={words.holdOut.line}>
      {app && <Share key={`${app.id} ${app.version}`} app={app} />}
    </Card>
  );
}
