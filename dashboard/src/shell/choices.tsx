/** The reader's own choices: language, and light or dark. Kept in the browser. */
import { SegmentedControl, useMantineColorScheme, VisuallyHidden } from "@mantine/core";
import { IconDeviceDesktop, IconMoon, IconSun } from "@tabler/icons-react";
import type { ComponentType, CSSProperties } from "react";
import { type Language, languages, useSpeech } from "../words/words";

export function LanguageChoice() {
  const { w, language, choose } = useSpeech();
  const data = Object.keys(languages).map((value) => ({ value, label: value.toUpperCase() }));
  return (
    <SegmentedControl
      size="xs"
      aria-label={w.nav.language}
      value={language}
      onChange={(value) => choose(value as Language)}
      data={data}
    />
  );
}

type Scheme = "light" | "dark" | "auto";

function option(value: Scheme, Icon: ComponentType<{ size?: number; style?: CSSProperties }>, label: string) {
  return {
    value,
    label: (
      <>
        <Icon size={15} style={{ display: "block" }} aria-hidden />
        <VisuallyHidden>{label}</VisuallyHidden>
      </>
    ),
  };
}

export function SchemeChoice() {
  const { w } = useSpeech();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const data = [
    option("light", IconSun, w.nav.light),
    option("dark", IconMoon, w.nav.dark),
    option("auto", IconDeviceDesktop, w.nav.system),
  ];
  return (
    <SegmentedControl
      size="xs"
      aria-label={w.nav.scheme}
      value={colorScheme}
      onChange={(value) => setColorScheme(value as Scheme)}
      data={data}
    />
  );
}
