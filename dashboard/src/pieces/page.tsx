/** The frame of every page: one h1, a quiet line under it, actions at the right; and the card everything sits in. */
import { Anchor, Box, Group, Paper, type PaperProps, Text, Title } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { type ReactNode, useEffect } from "react";
import { Link } from "react-router";

type PageProps = {
  title: ReactNode;
  name?: string;
  line?: ReactNode;
  actions?: ReactNode;
  back?: { to: string; label: string };
  children: ReactNode;
};

/** Names the browser's tab. */
export function useTab(name: string) {
  useEffect(() => {
    document.title = `${name} · Relance`;
  }, [name]);
}

export function Page({ title, name, line, actions, back, children }: PageProps) {
  useTab(name ?? (typeof title === "string" ? title : "Relance"));
  return (
    <Box maw={1240} mx="auto" pb="xl">
      {back && (
        <Anchor
          component={Link}
          to={back.to}
          size="sm"
          mb={6}
          style={{ display: "inline-flex", alignItems: "center", gap: 4 }}
        >
          <IconArrowLeft size={15} aria-hidden /> {back.label}
        </Anchor>
      )}
      <Group justify="space-between" align="flex-start" mb="lg" gap="md">
        <Box style={{ minWidth: 0, flex: "1 1 260px" }}>
          <Title order={1} fz={{ base: 24, sm: 28 }} lts="-0.02em" style={{ overflowWrap: "anywhere" }}>
            {title}
          </Title>
          {line && (
            <Text component="div" c="dimmed" mt={4} maw={760}>
              {line}
            </Text>
          )}
        </Box>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Box>
  );
}

type CardProps = PaperProps & {
  title?: ReactNode;
  line?: ReactNode;
  actions?: ReactNode;
  flush?: boolean;
  children: ReactNode;
};

/** A card with its heading; `flush` lets a table reach the edges. */
export function Card({ title, line, actions, flush = false, children, ...rest }: CardProps) {
  return (
    <Paper
      component="section"
      bg="var(--card)"
      style={{ border: "1px solid var(--line)", overflow: "hidden", minWidth: 0 }}
      {...rest}
    >
      {title && (
        <Group
          justify="space-between"
          align="flex-start"
          px="lg"
          pt="md"
          pb={flush ? "sm" : 4}
          gap="sm"
          wrap={line ? "wrap" : "nowrap"}
        >
          <Box style={{ minWidth: 0, flex: line ? "1 1 240px" : undefined }}>
            <Title order={2} fz={16} lts="-0.005em">
              {title}
            </Title>
            {line && (
              <Text size="sm" c="dimmed" mt={2}>
                {line}
              </Text>
            )}
          </Box>
          {actions && (
            <Group gap="xs" wrap="nowrap" style={{ flexShrink: 0 }}>
              {actions}
            </Group>
          )}
        </Group>
      )}
      <Box px={flush ? 0 : "lg"} pb={flush ? 0 : "lg"} pt={flush ? 0 : title ? "sm" : "lg"}>
        {children}
      </Box>
    </Paper>
  );
}
