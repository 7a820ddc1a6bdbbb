import { Alert, Button, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Navigate, useSearchParams } from "react-router";
import { Password as PasswordField } from "../pieces/password";
import { errorText } from "../pieces/states";
import { useSpeech } from "../words/words";
import { Entrance } from "./entrance";
import { useSetup, useSetupNeeded } from "./session";

/** The first operator's account. The token may come in the address the server printed. */
export function Setup() {
  const { w } = useSpeech();
  const needed = useSetupNeeded();
  const setup = useSetup();
  const [search] = useSearchParams();
  const [given, setGiven] = useState({ token: search.get("token") ?? "", email: "", name: "", password: "" });

  if (needed.data && !needed.data.needed) return <Navigate to="/" replace />;
  const field = (name: keyof typeof given) => ({
    value: given[name],
    required: true,
    withAsterisk: false,
    onChange: (change: FormEvent<HTMLInputElement>) => setGiven({ ...given, [name]: change.currentTarget.value }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setup.mutate(given);
  };
  return (
    <Entrance title={w.account.setupTitle} line={w.account.setupBody}>
      <form onSubmit={submit}>
        <Stack>
          {setup.isError && (
            <Alert color="red" variant="light" role="alert">
              {errorText(setup.error, w)}
            </Alert>
          )}
          <TextInput label={w.account.token} description={w.account.tokenHelp} autoComplete="off" {...field("token")} />
          <TextInput label={w.account.yourName} autoComplete="name" {...field("name")} />
          <TextInput label={w.account.email} type="email" autoComplete="username" {...field("email")} />
          <PasswordField
            label={w.account.password}
            description={w.account.passwordHelp}
            autoComplete="new-password"
            minLength={10}
            {...field("password")}
          />
          <Button type="submit" loading={setup.isPending} mt="xs">
            {w.account.create}
          </Button>
        </Stack>
      </form>
    </Entrance>
  );
}
