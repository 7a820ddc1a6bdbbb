/** A notice in the page's own colours, which keep their contrast on both grounds. */
import { Alert } from "@mantine/core";
import type { ReactNode } from "react";
import type { Tone } from "./tone";

export function Notice({
  tone,
  title,
  icon,
  children,
  ...rest
}: {
  tone: Tone;
  title?: string;
  icon?: ReactNode;
  children: ReactNode;
  mt?: string;
  mb?: string;
}) {
  const color = `var(--${tone}-text)`;
  return (
    <Alert
      variant="light"
      bg={`var(--${tone}-soft)`}
      title={title}
      icon={icon}
      styles={{ title: { color }, icon: { color }, message: { color: "var(--mantine-color-text)" } }}
      {...rest}
    >
      {children}
    </Alert>
  );
}
