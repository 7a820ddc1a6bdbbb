/** A command or an address to copy; `wrap`: it is read whole rather than scrolled. */
import { ActionIcon, Box, Code, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useSpeech } from "../words/words";

export function Snippet({ children, label, wrap = false }: { children: string; label: string; wrap?: boolean }) {
  const { w } = useSpeech();
  return (
    <Box pos="relative" ta="left" w="100%" miw={0}>
      <Code
        block
        p="md"
        pr={52}
        fz={13}
        tabIndex={0}
        role="region"
        aria-label={label}
        style={{
          background: "var(--ground)",
          border: "1px solid var(--line)",
          ...(wrap ? { whiteSpace: "pre-wrap", overflowWrap: "anywhere" } : { overflowX: "auto" }),
        }}
      >
        {children}
      </Code>
      <CopyButton value={children}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? w.common.copied : w.common.copy}>
            <ActionIcon
              variant="default"
              size="lg"
              pos="absolute"
              top={8}
              right={8}
              onClick={copy}
              aria-label={copied ? w.common.copied : w.common.copy}
            >
              {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Box>
  );
}
