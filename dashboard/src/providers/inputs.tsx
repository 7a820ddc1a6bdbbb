/** The inputs of a provider's settings and secrets. A secret is written and never read. */
import { Button, NumberInput, Select, Stack, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { errorAt } from "../pieces/field-errors";
import { Password } from "../pieces/password";
import { type Field, parsed, type Values } from "./fields";
import { useProviderWords } from "./wording";

const order = ["label", "input", "description", "error"] as ("label" | "input" | "description" | "error")[];

type InputProps = { type: string; field: Field; value: unknown; put: (value: unknown) => void; error: unknown };

function SettingInput({ type, field, value, put, error }: InputProps) {
  const { w, words, said } = useProviderWords();
  const { title, help } = said(type, field);
  const shared = {
    label: title,
    description: help,
    inputWrapperOrder: order,
    required: field.required,
    withAsterisk: field.required,
    error: errorAt(error, `settings.${field.name}`, w),
  };
  switch (field.kind) {
    case "choice":
      return (
        <Select
          {...shared}
          data={field.choices}
          value={String(value)}
          allowDeselect={false}
          onChange={(next) => put(next)}
        />
      );
    case "number":
      return (
        <NumberInput
          {...shared}
          {...field.bounds}
          allowDecimal={false}
          thousandSeparator=""
          value={value as number}
          onChange={(next) => put(typeof next === "number" ? next : "")}
        />
      );
    case "texts":
      return <TagsInput {...shared} acceptValueOnBlur value={value as string[]} onChange={put} />;
    case "json":
      return (
        <Textarea
          {...shared}
          description={`${help} ${words.json}`}
          error={shared.error ?? (parsed(value) === undefined ? words.notJson : undefined)}
          autosize
          minRows={2}
          maxRows={14}
          styles={{ input: { fontFamily: "monospace" } }}
          value={String(value)}
          onChange={(typed) => put(typed.currentTarget.value)}
        />
      );
    case "long":
      return (
        <Textarea
          {...shared}
          autosize
          minRows={2}
          maxRows={8}
          maxLength={field.longest}
          value={String(value)}
          onChange={(typed) => put(typed.currentTarget.value)}
        />
      );
    default:
      return (
        <TextInput
          {...shared}
          maxLength={field.longest}
          value={String(value)}
          onChange={(typed) => put(typed.currentTarget.value)}
        />
      );
  }
}

type SettingsProps = {
  type: string;
  fields: Field[];
  values: Values;
  put: (name: string, value: unknown) => void;
  error: unknown;
};

export function SettingInputs({ type, fields, values, put, error }: SettingsProps) {
  return fields.map((field) => (
    <SettingInput
      key={field.name}
      type={type}
      field={field}
      value={values[field.name]}
      put={(value) => put(field.name, value)}
      error={error}
    />
  ));
}

/** What is to become of a secret: a text replaces it, null deletes it, undefined leaves it as it is. */
export type SecretChanges = Record<string, string | null>;

type SecretProps = {
  type: string;
  field: Field;
  isSet: boolean;
  again: boolean;
  changes: SecretChanges;
  put: (changes: SecretChanges) => void;
  error: unknown;
};

export function SecretInput({ type, field, isSet, again, changes, put, error }: SecretProps) {
  const { w, words, said } = useProviderWords();
  const { title, help } = said(type, field);
  const { [field.name]: change, ...others } = changes;
  const isGone = change === null;
  const needed = (field.required && !isSet) || (again && isSet && !isGone);
  const shared = {
    label: title,
    description: help,
    inputWrapperOrder: order,
    placeholder: isGone ? words.willGo : isSet && !again ? words.kept : undefined,
    required: needed,
    withAsterisk: needed,
    maxLength: field.longest,
    error: errorAt(error, `secrets.${field.name}`, w),
    value: change ?? "",
    autoComplete: "off",
    onChange: (typed: { currentTarget: { value: string } }) => {
      const text = typed.currentTarget.value;
      put(text === "" ? others : { ...others, [field.name]: text });
    },
  };
  return (
    <Stack gap={4} align="flex-start">
      {field.kind === "long" ? (
        <Textarea
          {...shared}
          w="100%"
          autosize
          minRows={3}
          maxRows={8}
          styles={{ input: { fontFamily: "monospace" } }}
        />
      ) : (
        <Password {...shared} w="100%" autoComplete="new-password" />
      )}
      {isSet && !field.required && change === undefined && (
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => put({ ...others, [field.name]: null })}>
          {words.removeSecret(title)}
        </Button>
      )}
      {isGone && (
        <Text size="xs">
          {words.willGo}{" "}
          <Button size="compact-xs" variant="subtle" onClick={() => put(others)}>
            {w.common.cancel}
          </Button>
        </Text>
      )}
    </Stack>
  );
}
