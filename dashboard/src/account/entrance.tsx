/** What sign-in, set-up and the first app share: a quiet page with one card in the middle. */
import { Box, Center, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { LanguageChoice, SchemeChoice } from "../shell/choices";
import { Mark } from "../shell/mark";
import { useSpeech } from "../words/words";

export function Entrance({ title, line, children }: { title: string; line?: string; children: ReactNode }) {
  const { w } = useSpeech();
  useEffect(() => {
    document.title = `${title} · Relance`;
  }, [title]);
  return (
    <Center component="main" mih="100vh" p="md">
      <Box w="100%" maw={420}>
        <Stack align="center" gap={6} mb="xl" ta="center">
          <Mark size={44} />
          <Text fw={700} fz={22} lts="-0.02em">
            Relance
          </Text>
          <Text c="dimmed" size="sm">
            {w.brandLine}
          </Text>
        </Stack>
        <Paper p={{ base: "lg", sm: 32 }} bg="var(--card)" style={{ border: "1px solid var(--line)" }}>
          <Title order={1} fz={21} lts="-0.01em">
            {title}
          </Title>
          {line && (
            <Text c="dimmed" size="sm" mt={6}>
              {line}
            </Text>
          )}
          <Box mt="lg">{children}</Box>
        </Paper>
        <Group justify="center" mt="lg" gap="xs">
          <LanguageChoice />
          <SchemeChoice />
        </Group>
      </Box>
    </Center>
  );
}
