/** What a card shows while it waits, when it failed, and when there is nothing: the next step, not a blank. */
import { Box, Button, Center, Group, Skeleton, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconAlertCircle, IconMapQuestion, IconRefresh } from "@tabler/icons-react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ComponentType, ReactNode } from "react";
import { Failure } from "../api/client";
import type { Words } from "../words/en";
import { useSpeech } from "../words/words";
import { Notice } from "./notice";

/** Grey lines of the height the content will have, so that nothing jumps. */
export function Waiting({ rows = 4, height = 20, p = "lg" }: { rows?: number; height?: number; p?: string | number }) {
  const { w } = useSpeech();
  return (
    <Stack gap="md" p={p} role="status" aria-label={w.common.loading}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} width={`${96 - ((row * 17) % 40)}%`} radius="sm" />
      ))}
    </Stack>
  );
}

/** What went wrong, as a sentence for its reader. */
export function errorText(error: unknown, w: Words): string {
  if (!(error instanceof Failure)) return w.common.unreachable;
  return error.code === "conflict" && error.data.version !== undefined ? w.common.stale : w.error(error);
}

export type FailedProps = { error: unknown; retry?: () => void };

export function Failed({ error, retry }: FailedProps) {
  const { w } = useSpeech();
  if (error instanceof Failure && error.status === 404)
    return (
      <Empty icon={IconMapQuestion} title={w.common.notThere}>
        {w.common.notThereBody}
      </Empty>
    );
  return (
    <Box p="lg" role="alert">
      <Notice tone="bad" icon={<IconAlertCircle aria-hidden />} title={w.common.failed}>
        <Group justify="space-between">
          <Text size="sm">{errorText(error, w)}</Text>
          {retry && (
            <Button size="xs" variant="default" leftSection={<IconRefresh size={14} aria-hidden />} onClick={retry}>
              {w.common.retry}
            </Button>
          )}
        </Group>
      </Notice>
    </Box>
  );
}

type EmptyProps = {
  icon: ComponentType<{ size?: number; stroke?: number }>;
  title: string;
  order?: 1 | 2;
  children?: ReactNode;
  action?: ReactNode;
};

export function Empty({ icon: Icon, title, order = 2, children, action }: EmptyProps) {
  return (
    <Center py={48} px="lg">
      <Stack align="center" gap="sm" maw={560} ta="center" w="100%">
        <ThemeIcon size={52} radius="xl" variant="light" aria-hidden>
          <Icon size={26} stroke={1.6} />
        </ThemeIcon>
        <Title order={order} fz={19}>
          {title}
        </Title>
        <Text component="div" c="dimmed">
          {children}
        </Text>
        {action}
      </Stack>
    </Center>
  );
}

/** One line where a list is empty inside a fuller page. */
export function Quiet({ children, p = "lg" }: { children: ReactNode; p?: string | number }) {
  return (
    <Text c="dimmed" size="sm" px={p} pb={p} pt={4}>
      {children}
    </Text>
  );
}

type LoadedProps<T> = {
  query: UseQueryResult<T>;
  rows?: number;
  height?: number;
  p?: string | number;
  children: (data: T) => ReactNode;
};

/** A query's three states; the last good answer stays while a new one is on its way. */
export function Loaded<T>({ query, rows, height, p, children }: LoadedProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return <Waiting rows={rows} height={height} p={p} />;
}
