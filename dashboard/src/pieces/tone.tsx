/**
 * A small label whose colour says how things stand: well, quietly, with a doubt, badly. Each pair of colours has AA
 * contrast.
 */
import { Badge, type BadgeProps } from "@mantine/core";
import type { ReactNode } from "react";

export type Tone = "good" | "quiet" | "doubt" | "bad";

export function Label({ tone, children, ...rest }: Omit<BadgeProps, "color"> & { tone: Tone; children: ReactNode }) {
  return (
    <Badge bg={`var(--${tone}-soft)`} c={`var(--${tone}-text)`} bd="none" miw="max-content" {...rest}>
      {children}
    </Badge>
  );
}
