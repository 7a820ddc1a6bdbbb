/** One's own account: the password, where one is signed in, and who else can sign in. */
import { Button, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import { useChange } from "../pieces/change";
import { Card, Page } from "../pieces/page";
import { Password as PasswordField } from "../pieces/password";
import { useSpeech } from "../words/words";
import { Operators } from "./operators";
import { useSession } from "./session";
import { Sessions } from "./sessions";

function Password() {
  const { w } = useSpeech();
  const [given, setGiven] = useState({ current: "", password: "" });
  const change = useChange({
    run: () => take(server.PUT("/api/v1/session/password", { body: given })),
    touches: [["sessions"]],
    done: w.operators.changed,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(undefined, { onSuccess: () => setGiven({ current: "", password: "" }) });
  };
  return (
    <Card title={w.operators.password} line={w.operators.passwordBody}>
      <form onSubmit={submit}>
        <Stack maw={420}>
          <PasswordField
            label={w.operators.current}
            autoComplete="current-password"
            value={given.current}
            onChange={(event) => setGiven({ ...given, current: event.currentTarget.value })}
          />
          <PasswordField
            label={w.operators.next}
            description={w.account.passwordHelp}
            autoComplete="new-password"
            minLength={10}
            value={given.password}
            onChange={(event) => setGiven({ ...given, password: event.currentTarget.value })}
          />
          <Button type="submit" loading={change.isPending} w="fit-content">
            {w.operators.change}
          </Button>
        </Stack>
      </form>
    </Card>
  );
}

export function AccountPage() {
  const { w } = useSpeech();
  const session = useSession();
  return (
    <Page title={w.operators.title} line={w.operators.line(session.data?.operator.email ?? "")}>
      <Stack gap="lg">
        <Password />
        <Sessions />
        <Operators />
      </Stack>
    </Page>
  );
}
