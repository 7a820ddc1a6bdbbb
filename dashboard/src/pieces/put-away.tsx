/** What ends a thing: to archive it, and to delete it where nothing hangs on it. Each asks first. */
import { Button, Menu } from "@mantine/core";
import { IconArchive, IconDots, IconTrash } from "@tabler/icons-react";
import { useSpeech } from "../words/words";
import { Confirm } from "./confirm";

type Ending = { label: string; title: string; body: string; run: () => Promise<unknown> };

export function PutAway({ archive, remove }: { archive: Ending | null; remove: Ending | null }) {
  const { w } = useSpeech();
  const first = archive ?? remove;
  const second = remove ?? archive;
  if (!first || !second) return null;
  return (
    <Confirm title={first.title} body={first.body} action={first.label} danger run={first.run}>
      {(askFirst) => (
        <Confirm title={second.title} body={second.body} action={second.label} danger run={second.run}>
          {(askSecond) => (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" px="sm" aria-label={w.common.actions}>
                  <IconDots size={18} aria-hidden />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {archive && (
                  <Menu.Item leftSection={<IconArchive size={16} aria-hidden />} onClick={askFirst}>
                    {archive.label}…
                  </Menu.Item>
                )}
                {remove && (
                  <Menu.Item c="var(--bad-text)" leftSection={<IconTrash size={16} aria-hidden />} onClick={askSecond}>
                    {remove.label}…
                  </Menu.Item>
                )}
              </Menu.Dropdown>
            </Menu>
          )}
        </Confirm>
      )}
    </Confirm>
  );
}
