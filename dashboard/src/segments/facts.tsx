/** What the program made out about people and their devices, and how it is tested: fields that go together. */
import { TextInput } from "@mantine/core";
import type { Device, DeviceTest, Fact } from "../api/types";
import { useSpeech } from "../words/words";
import { Choice, type Edit } from "./inputs";
import { TestInput, Tests } from "./tested";

/** Whether the app's own is taken where the fact is not known: where a country is compared. */
const hasDefault = ({ name, is }: Fact) => name === "country" && is !== "exists" && is !== "not_exists";

/** A fact, and how it is tested. */
export function FactFields({ value, onChange }: Edit<Fact>) {
  const { w } = useSpeech();
  return (
    <>
      <Choice
        label={w.builder.fact}
        words={w.builder.facts}
        value={value.name}
        onChange={(name) =>
          onChange({
            kind: "person",
            name,
            ...(shapeOf(name) === shapeOf(value.name) && ofDevice(name) === ofDevice(value.name)
              ? { is: value.is, value: value.value }
              : beginningOf(name)),
          })
        }
      />
      <TestInput
        key={`${shapeOf(value.name)} ${ofDevice(value.name)}`}
        moves
        only={ofDevice(value.name) ? ["has", ...testsOf[shapeOf(value.name)]] : testsOf[shapeOf(value.name)]}
        text={["text", "version", "list"].includes(shapeOf(value.name))}
        value={value}
        onChange={(test) =>
          onChange({
            kind: "person",
            name: value.name,
            ...(hasDefault({ ...value, ...test }) ? { default: value.default } : {}),
            ...test,
          })
        }
      />
      {hasDefault(value) && (
        <TextInput
          label={w.builder.byDefault}
          placeholder={w.builder.byDefaultHelp}
          maxLength={2}
          value={value.default ?? ""}
          onChange={(change) => onChange({ ...value, default: change.currentTarget.value.toUpperCase() || undefined })}
        />
      )}
    </>
  );
}

/** One test for each row, all of the same device. */
export function DeviceFields({ value, onChange }: Edit<Device>) {
  const { w } = useSpeech();
  const facts = Object.fromEntries(deviceFacts.map((one) => [one, w.builder.facts[one] ?? one]));
  return (
    <Tests
      value={value.where}
      onChange={(where) => onChange({ ...value, where })}
      empty={{ name: "os_version", is: ">=", value: "" } as DeviceTest}
      name={(one) => facts[one.name] ?? one.name}
    >
      {(one, put) => (
        <>
          <Choice
            label={w.builder.fact}
            words={facts}
            value={one.name}
            onChange={(name) =>
              put({
                name,
                ...(shapeOf(name) === shapeOf(one.name) ? { is: one.is, value: one.value } : beginnings[shapeOf(name)]),
              })
            }
          />
          <TestInput
            key={shapeOf(one.name)}
            text
            only={testsOf[shapeOf(one.name)].filter((is) => is !== "!=" || shapeOf(one.name) !== "version")}
            value={one}
            onChange={(test) => put({ name: one.name, ...test })}
          />
        </>
      )}
    </Tests>
  );
}

type Shape = "text" | "version" | "moment" | "count" | "number" | "list";
const shapes: Record<string, Shape> = {
  os_version: "version",
  app_version: "version",
  first_seen: "moment",
  last_seen: "moment",
  sessions: "count",
  session_seconds: "number",
  average_session_seconds: "number",
  aliases: "list",
};
/** How a fact is tested, as the server has it. */
const shapeOf = (fact: string): Shape => shapes[fact] ?? "text";
const order = [">=", "<=", "=", ">", "<"];
const known = ["exists", "not_exists"];
const testsOf: Record<Shape, string[]> = {
  text: ["=", "!=", "in", "not_in", ...known, "contains", "starts", "matches"],
  version: [...order, "!=", "between", ...known],
  moment: ["before", "after"],
  count: [...order, "between"],
  number: [...order, "!=", "between", ...known],
  list: ["has"],
};
const beginnings: Record<Shape, { is: string; value: unknown }> = {
  text: { is: "=", value: "" },
  version: { is: ">=", value: "" },
  moment: { is: "after", value: { ago: "30d" } },
  count: { is: ">=", value: 1 },
  number: { is: ">=", value: 60 },
  list: { is: "has", value: "user_id" },
};

/** What `has` asks of all devices of a person, and every other test of the one that was told of last. */
const deviceFacts = ["os", "os_version", "app_version", "device_type", "device_model", "device_manufacturer"];
const ofDevice = (fact: string) => deviceFacts.includes(fact);
const beginningOf = (fact: string) =>
  ofDevice(fact) && shapeOf(fact) === "text" ? { is: "has", value: "" } : beginnings[shapeOf(fact)];
