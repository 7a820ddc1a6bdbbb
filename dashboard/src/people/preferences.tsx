/** What a person decided about messages themselves: their own quiet hours, limit and language. */
import { Button, Stack, Text } from "@mantine/core";
import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import type { Person } from "../api/types";
import { Moment } from "../pieces/moment";
import { Card } from "../pieces/page";
import { Quiet } from "../pieces/states";
import { useSpeech } from "../words/words";
import { EditPreferences } from "./edit-preferences";
import { Line } from "./profile";

export function Preferences({ person }: { person: Person }) {
  const { w } = useSpeech();
  const { quiet_hours: hours, limit, language, changed_at: at, source } = person.preferences;
  const [editing, edit] = useState(false);
  const decided = hours !== null || limit !== null || language !== null;
  return (
    <Card
      title={w.people.preferences}
      line={w.people.preferencesHelp}
      actions={
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPencil size={14} aria-hidden />}
          onClick={() => edit(true)}
        >
          {w.people.preferencesEdit}
        </Button>
      }
    >
      {editing && <EditPreferences person={person} close={() => edit(false)} />}
      {!decided && <Quiet p={0}>{w.people.preferencesNone}</Quiet>}
      <Stack gap={8}>
        {hours && <Line name={w.people.ownQuietHours}>{w.people.ownQuietHoursFrom(hours.start, hours.end)}</Line>}
        {limit && <Line name={w.people.ownLimit}>{w.people.ownLimitOf(limit.most, limit.rolling)}</Line>}
        {language && <Line name={w.people.ownLanguage}>{language}</Line>}
        {at > 0 && (
          <Text size="xs" c="dimmed" component="div">
            {source}, <Moment at={at} size="xs" />
          </Text>
        )}
      </Stack>
    </Card>
  );
}
