/** A provider's settings and secrets as a form: of a new one, or of one that is there. */
import { Button, Collapse, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type FormEvent, useState } from "react";
import { server, take } from "../api/client";
import type { Provider, ProviderType } from "../api/types";
import { useChange } from "../pieces/change";
import { errorAt, isAtField } from "../pieces/field-errors";
import { Notice } from "../pieces/notice";
import { Card } from "../pieces/page";
import { useApp } from "../shell/app";
import { fieldsOf, isReadable, leadsElsewhere, settingsOf, split, valuesOf } from "./fields";
import { type SecretChanges, SecretInput, SettingInputs } from "./inputs";
import { touchedBy, useProviderRoutes, useProviders } from "./queries";
import { useProviderWords } from "./wording";

/** The name of the provider that is in use where this kind would be. */
export function useOther(type: ProviderType, self?: number): string {
  const routes = useProviderRoutes().data;
  const providers = useProviders().data;
  const route = routes?.find((one) => one.channel === type.channel && one.service === type.service);
  return providers?.find((one) => one.id === route?.provider && one.id !== self)?.name ?? "";
}

export function ProviderForm({
  type,
  provider,
  done,
}: {
  type: ProviderType;
  provider?: Provider;
  done: (saved: Provider) => void;
}) {
  const { w, words, titleOf } = useProviderWords();
  const { id, params } = useApp();
  const other = useOther(type);
  const [more, { toggle }] = useDisclosure(false);
  const [fields, secretFields] = [fieldsOf(type, "settings"), fieldsOf(type, "secrets")];
  const [name, setName] = useState(provider?.name ?? titleOf(type));
  const [values, setValues] = useState(() => valuesOf(fields, provider?.settings ?? {}));
  const [secrets, setSecrets] = useState<SecretChanges>({});
  const [active, setActive] = useState(true);
  const shown = split(fields);
  const again =
    provider !== undefined && provider.secrets_set.length > 0 && leadsElsewhere(type, fields, provider, values);
  const told = [
    "name",
    ...fields.map((one) => `settings.${one.name}`),
    ...secretFields.map((one) => `secrets.${one.name}`),
  ];
  const save = useChange({
    run: () => {
      const settings = settingsOf(fields, values);
      if (provider)
        return take(
          server.PATCH("/api/v1/apps/{app}/providers/{provider}", {
            params: { path: { app: id, provider: provider.id } },
            body: { version: provider.version, name, settings, secrets },
          }),
        );
      const given = Object.fromEntries(
        Object.entries(secrets).flatMap(([key, one]) => (one === null ? [] : [[key, one]])),
      );
      return take(
        server.POST("/api/v1/apps/{app}/providers", {
          params,
          body: { type: type.name, name, settings, secrets: given, active },
        }),
      );
    },
    touches: touchedBy(id),
    done: provider ? words.saved : undefined,
    told: (error) => isAtField(error, told),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReadable(fields, values)) save.mutate(undefined, { onSuccess: done });
  };
  const part = {
    type: type.name,
    values,
    put: (field: string, value: unknown) => setValues({ ...values, [field]: value }),
    error: save.error,
  };
  return (
    <form onSubmit={submit} autoComplete="off">
      <Stack>
        <Card title={words.settings}>
          <Stack gap="sm">
            <TextInput
              label={words.name}
              description={words.nameHelp}
              inputWrapperOrder={["label", "input", "description", "error"]}
              required
              maxLength={200}
              value={name}
              onChange={(typed) => setName(typed.currentTarget.value)}
              error={errorAt(save.error, "name", w)}
            />
            <SettingInputs {...part} fields={shown.first} />
            {shown.more.length > 0 && (
              <div>
                <Button variant="subtle" size="compact-sm" onClick={toggle} aria-expanded={more}>
                  {more ? words.fewer : words.more}
                </Button>
                <Collapse expanded={more}>
                  <Stack gap="sm" mt="xs">
                    <SettingInputs {...part} fields={shown.more} />
                  </Stack>
                </Collapse>
              </div>
            )}
          </Stack>
        </Card>
        <Card title={words.secrets} line={words.secretsLine}>
          <Stack gap="sm">
            {again && <Notice tone="doubt">{words.again}</Notice>}
            {secretFields.map((field) => (
              <SecretInput
                key={field.name}
                type={type.name}
                field={field}
                isSet={provider?.secrets_set.includes(field.name) ?? false}
                again={again}
                changes={secrets}
                put={setSecrets}
                error={save.error}
              />
            ))}
          </Stack>
        </Card>
        {!provider && (
          <Switch
            label={words.createActive}
            description={
              <Text span inherit>
                {words.createActiveHelp(other)}
              </Text>
            }
            checked={active}
            onChange={(change) => setActive(change.currentTarget.checked)}
          />
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {provider ? w.common.save : words.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
