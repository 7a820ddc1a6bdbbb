import { Alert, Anchor, Button, Stack, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { Link, useNavigate } from "react-router";
import { keepFresh } from "../developers/fresh";
import { errorText } from "../pieces/states";
import { useSpeech } from "../words/words";
import { Entrance } from "./entrance";
import { useApps, useCreateApp } from "./session";

export function NewApp() {
  const { w } = useSpeech();
  const apps = useApps();
  const create = useCreateApp();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const others = (apps.data?.length ?? 0) > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(name, { 
      onSuccess: ({ app, write_key, api_key }) => {
        keepFresh(app.id, [write_key, api_key]);
        void navigate(`/apps/${app.id}/developers`);
      },
     });
  };
  return (
    <Entrance title={others ? w.account.otherApp : w.account.appTitle} line={w.account.appBody}>
      <form onSubmit={submit}>
        <Stack>
          {create.isError && (
            <Alert color="red" variant="light" role="alert">
              {errorText(create.error, w)}
            </Alert>
          )}
          <TextInput label={w.account.appName} required withAsterisk={false} value={name} onChange={(change) => setName(change.currentTarget.value)} />
          <Button type="submit" loading={create.isPending}>
            {w.account.appCreate}
          </Button>
          {others && (
            <Anchor component={Link} to="/" size="sm" ta="center">
              {w.common.cancel}
            </Anchor>
          )}
        </Stack>
      </form>
    </Entrance>
  );
}
