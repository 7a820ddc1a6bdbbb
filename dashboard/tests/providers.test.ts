/** The form of a kind of provider, drawn from the schemas that the server publishes. */
import { expect, test } from "vitest";
import kinds from "../../tests/browser/recorded/kinds.json";
import type { Provider, ProviderType } from "../src/api/types";
import { fieldsOf, isReadable, leadsElsewhere, settingsOf, split, valuesOf } from "../src/providers/fields";
import { fields as french } from "../src/words/fr/providers";

const types = kinds.providers as unknown as ProviderType[];
const typeOf = (name: string) => types.find((one) => one.name === name) as ProviderType;
const saved = (settings: Record<string, unknown>) => ({ settings }) as unknown as Provider;

test("every setting and secret that the server publishes has French words", () => {
  const missing = types.flatMap((type) =>
    [...fieldsOf(type, "settings"), ...fieldsOf(type, "secrets")]
      .filter((field) => !french[type.name]?.[field.name])
      .map((field) => `${type.name}.${field.name}`),
  );
  expect(missing).toEqual([]);
});

test("each field has the input that fits what it holds", () => {
  const kindsOf = (name: string, part: "settings" | "secrets") =>
    Object.fromEntries(fieldsOf(typeOf(name), part).map((field) => [field.name, field.kind]));
  expect(kindsOf("smtp", "settings")).toEqual({
    host: "text",
    port: "number",
    security: "choice",
    bounces: "choice",
    other_hosts: "text",
    user: "text",
    sender: "text",
    sends_per_second: "number",
  });
  expect(kindsOf("fcm", "secrets")).toEqual({ service_account: "long" });
  expect(kindsOf("generic_sms", "settings")).toMatchObject({
    url: "text",
    headers: "json",
    answers: "json",
    delivered: "texts",
  });
});

test("what is sent are the settings that are not as they usually are, and saved ones come back", () => {
  for (const [name, settings] of [
    ["smtp", { host: "smtp.example.com", port: 2525, security: "none" }],
    ["generic_sms", { url: "https://sms.example", body: { t: "{{ body }}" }, delivered: ["ok"] }],
  ] as const) {
    const fields = fieldsOf(typeOf(name), "settings");
    expect(settingsOf(fields, valuesOf(fields, settings))).toEqual(settings);
  }
});

test("JSON that is none is not sent", () => {
  const fields = fieldsOf(typeOf("generic_sms"), "settings");
  const values = valuesOf(fields, {});
  expect(isReadable(fields, values)).toBe(true);
  expect(isReadable(fields, { ...values, body: "{" })).toBe(false);
});

test("a change of where secrets go is noticed, and no other", () => {
  const type = typeOf("smtp");
  const fields = fieldsOf(type, "settings");
  const provider = saved({ host: "smtp.example.com" });
  const values = valuesOf(fields, provider.settings);
  expect(leadsElsewhere(type, fields, provider, { ...values, sender: "a@example.com" })).toBe(false);
  expect(leadsElsewhere(type, fields, provider, { ...values, port: 25 })).toBe(true);
  expect(leadsElsewhere(type, fields, provider, { ...values, host: "smtp.example.net" })).toBe(true);
});

test("few fields are shown at once, and all that must be filled in", () => {
  const { first, more } = split(fieldsOf(typeOf("generic_sms"), "settings"));
  expect(first.length).toBe(8);
  expect(more.every((field) => !field.required)).toBe(true);
  expect(split(fieldsOf(typeOf("smtp"), "settings")).more).toEqual([]);
});
