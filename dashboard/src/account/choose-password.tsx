import { Alert, Button, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { Failure } from "../api/client";
import { Password as PasswordField } from "../pieces/password";
import { errorText } from "../pieces/states";
import { useSpeech } from "../words/words";
import { Entrance } from "./entrance";
import { useChoosePassword } from "./session";

/** By the link of an invitation or a reset. The token stands behind the #, so that no server between is told it. */
export function ChoosePassword() {
  const { w } = useSpeech();
  const choose = useChoosePassword();
  const navigate = useNavigate();
  const [token] = useState(() => window.location.hash.slice(1));
  const [password, setPassword] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    choose.mutate({ token, password }, { onSuccess: () => void navigate("/", { replace: true }) });
  };
  const spent = choose.error instanceof Failure && choose.error.code === "link_spent";
  return (
    <Entrance title={w.operators.chooseTitle}>
      {token === "" ? (
        <Alert color="red" variant="light" role="alert">
          {w.operators.noToken}
        </Alert>
      ) : (
        <form onSubmit={submit}>
          <Stack>
            {choose.isError && (
              <Alert color="red" variant="light" role="alert">
                {spent ? w.operators.spent : errorText(choose.error, w)}
              </Alert>
            )}
            <PasswordField
              label={w.operators.next}
              description={w.account.passwordHelp}
              autoComplete="new-password"
              minLength={10}
              value={password}
              onChange={(change) => setPassword(change.currentTarget.value)}
            />
            <Button type="submit" loading={choose.isPending} mt="xs">
              {w.operators.chooseDo}
            </Button>
          </Stack>
        </form>
      )}
    </Entrance>
  );
}
