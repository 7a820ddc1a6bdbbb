import { Alert, Anchor, Button, Collapse, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { Navigate } from "react-router";
import { Failure } from "../api/client";
import { Password as PasswordField } from "../pieces/password";
import { Snippet } from "../pieces/snippet";
import { errorText, Waiting } from "../pieces/states";
import { useSpeech } from "../words/words";
import { Entrance } from "./entrance";
import { useSession, useSetupNeeded, useSignIn } from "./session";

export function SignIn() {
  const { w } = useSpeech();
  const session = useSession();
  const setup = useSetupNeeded();
  const signIn = useSignIn();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [forgotten, { toggle }] = useDisclosure(false);

  if (session.data) return <Navigate to="/" replace />;
  if (setup.data?.needed) return <Navigate to="/setup" replace />;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate({ email, password });
  };
  const refused = signIn.error instanceof Failure && signIn.error.status === 401;
  return (
    <Entrance title={w.account.signInTitle}>
      {session.isPending ? (
        <Waiting p={0} rows={3} height={36} />
      ) : (
        <form onSubmit={submit}>
          <Stack>
            {signIn.isError && (
              <Alert color="red" variant="light" role="alert">
                {refused ? w.account.wrong : errorText(signIn.error, w)}
              </Alert>
            )}
            <TextInput
              label={w.account.email}
              type="email"
              autoComplete="username"
              required
              withAsterisk={false}
              value={email}
              onChange={(change) => setEmail(change.currentTarget.value)}
            />
            <PasswordField
              label={w.account.password}
              autoComplete="current-password"
              value={password}
              onChange={(change) => setPassword(change.currentTarget.value)}
            />
            <Button type="submit" loading={signIn.isPending} mt="xs">
              {w.account.signIn}
            </Button>
            <Anchor component="button" type="button" size="sm" ta="center" onClick={toggle} aria-expanded={forgotten}>
              {w.operators.forgot}
            </Anchor>
            <Collapse expanded={forgotten}>
              <Text size="sm" c="dimmed" mb="xs">
                {w.operators.forgotBody}
              </Text>
              <Snippet label={w.operators.forgot}>{`relance operators reset ${email || "you@example.org"}`}</Snippet>
            </Collapse>
          </Stack>
        </form>
      )}
    </Entrance>
  );
}
