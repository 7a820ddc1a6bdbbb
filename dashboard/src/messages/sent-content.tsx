/** What one delivery said, in a dialog: the version of its message that was sent, filled in as it was then. */
import { ActionIcon, Modal, Stack, Text, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconEye } from "@tabler/icons-react";
import { Failure } from "../api/client";
import type { Delivery } from "../api/types";
import { kindOf } from "../channels/kinds";
import { Notice } from "../pieces/notice";
import { Failed, Waiting } from "../pieces/states";
import { useSpeech } from "../words/words";
import { useSentContent } from "./queries";

export function SentContent({ delivery }: { delivery: Delivery }) {
  const { w } = useSpeech();
  const [opened, { open, close }] = useDisclosure(false);
  if (delivery.sent_at === null) return null;
  return (
    <>
      <Tooltip label={w.deliveries.show}>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={w.deliveries.show} onClick={open}>
          <IconEye size={16} aria-hidden />
        </ActionIcon>
      </Tooltip>
      <Modal
        opened={opened}
        onClose={close}
        title={w.deliveries.show}
        size="lg"
        closeButtonProps={{ "aria-label": w.common.close }}
        styles={{ title: { fontWeight: 650 } }}
      >
        {opened && <Said delivery={delivery} />}
      </Modal>
    </>
  );
}

function Said({ delivery }: { delivery: Delivery }) {
  const { w, f } = useSpeech();
  const query = useSentContent(delivery.id);
  const said = query.data;
  if (query.error instanceof Failure && query.error.code === "content_not_kept")
    return <Notice tone="doubt">{w.error(query.error)}</Notice>;
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!said) return <Waiting rows={4} p={0} />;
  const Preview = kindOf(said.channel)?.Preview;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {w.deliveries.said(
          said.name,
          said.version,
          f.moment(said.sent_at),
          kindOf(said.channel)?.readable ? said.address : "",
        )}
      </Text>
      {said.language && (
        <Text size="sm" c="dimmed">
          {w.messages.languageSent(f.language(said.language))}
        </Text>
      )}
      {Preview && <Preview content={said.content} />}
    </Stack>
  );
}
