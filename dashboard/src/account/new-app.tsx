import { Alert, Anchor, Button, Radio, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Link, useNavigate } from "react-router";
import { keepFresh } from "../developers/fresh";
import { SigningSnippet } from "../developers/signing";
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
  const [signs, setSigns] = useState<string | null>(null);
  const others = (apps.data?.length ?? 0) > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(
      { name, trusting: signs === "not_yet" },
      {
        onSuccess: ({ app, write_key, browser_key, api_key, identity_secret }) => {
          keepFresh(app.id, [browser_key, write_key, api_key], identity_secret);
          void navigate(`/apps/${app.id}/developers`);
        },
      },
    );
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
          <TextInput
            label={w.account.appName}
            required
            withAsterisk={false}
            value={name}
            onChange={(change) => setName(change.currentTarget.value)}
          />
          <Radio.Group label={w.trust.question} required withAsterisk={false} value={signs} onChange={setSigns}>
            <Stack gap="xs" mt={6}>
              <Radio value="signed" label={w.trust.yes} description={w.trust.yesHelp} />
              <Radio value="not_yet" label={w.trust.notYet} description={w.trust.notYetHelp} />
            </Stack>
          </Radio.Group>
          {signs === "signed" && (
            <div>
              <Text size="sm" fw={500} mb={4}>
                {w.trust.snippet}
              </Text>
              <SigningSnippet />
            </div>
          )}
          <Button type="submit" loading={create.isPending} disabled={signs === null}>
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
