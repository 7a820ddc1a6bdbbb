/** The fields of an area: a circle, or the corners of a polygon. */
import { Stack, Textarea } from "@mantine/core";
import { useContext, useState } from "react";
import type { Area } from "../api/types";
import { useSpeech } from "../words/words";
import { cornerText, readCorners } from "./corners";
import { Choice, type Edit, Fields, Figure, Tried } from "./inputs";

function CornersInput<T extends Area>({ value, onChange }: Edit<T>) {
  const { w } = useSpeech();
  const tried = useContext(Tried);
  const polygon = value.polygon || [];
  const [text, setText] = useState(cornerText(polygon));
  const put = (next: string) => {
    setText(next);
    onChange({ ...value, polygon: readCorners(next) ?? "" });
  };
  const wrong = polygon.length === 0 && (tried || text.trim() !== "") ? w.builder.cornersWrong : undefined;
  return (
    <Textarea
      autosize
      minRows={4}
      maxRows={12}
      label={w.builder.corners}
      description={polygon.length === 0 ? w.builder.cornersHelp : w.builder.cornersRead(polygon.length)}
      inputWrapperOrder={["label", "input", "description", "error"]}
      placeholder={"48.90, 2.25\n48.90, 2.42\n48.81, 2.42"}
      value={text}
      onChange={(change) => put(change.currentTarget.value)}
      error={wrong}
    />
  );
}

export function AreaFields<T extends Area>({ value, onChange }: Edit<T>) {
  const { w } = useSpeech();
  const circle = value.circle ?? null;
  const become = (next: string) =>
    onChange({
      ...value,
      circle: next === "circle" ? { latitude: "", longitude: "", radius: 5000 } : null,
      polygon: next === "circle" ? null : "",
    });
  return (
    <Stack gap="sm">
      <Fields>
        <Choice
          label={w.builder.area}
          words={w.builder.areas}
          value={circle ? "circle" : "polygon"}
          onChange={(next) => (next === (circle ? "circle" : "polygon") ? undefined : become(next))}
        />
      </Fields>
      {circle ? (
        <Fields>
          <Figure
            label={w.builder.latitude}
            value={circle.latitude}
            onChange={(latitude) => onChange({ ...value, circle: { ...circle, latitude } })}
            min={-90}
            max={90}
          />
          <Figure
            label={w.builder.longitude}
            value={circle.longitude}
            onChange={(longitude) => onChange({ ...value, circle: { ...circle, longitude } })}
            min={-180}
            max={180}
          />
          <Figure
            label={w.builder.radius}
            value={circle.radius}
            onChange={(radius) => onChange({ ...value, circle: { ...circle, radius } })}
            min={1}
            max={20_000_000}
          />
        </Fields>
      ) : (
        <CornersInput value={value} onChange={onChange} />
      )}
    </Stack>
  );
}
