/** Why a person is in a segment, or is not. */
import { Grid, Stack, Text } from "@mantine/core";
import { useNavigate, useParams } from "react-router";
import type { Explanation } from "../api/types";
import { personName } from "../people/name";
import { PersonLink } from "../people/person-link";
import { PersonPick } from "../people/pick";
import { useWho } from "../people/queries";
import { Moment } from "../pieces/moment";
import { PageFailed } from "../pieces/not-there";
import { Notice } from "../pieces/notice";
import { Card, Page } from "../pieces/page";
import { Waiting } from "../pieces/states";
import { Label } from "../pieces/tone";
import { useApp } from "../shell/app";
import { capital } from "../words/sentences";
import { useSpeech } from "../words/words";
import { Part } from "./explained";
import { useExplanation, useSegment } from "./queries";

function Verdict({ told, name }: { told: Explanation; name: string }) {
  const { w, f } = useSpeech();
  const inside = told.member ?? told.rule.holds;
  const { changes_at: at, looked_until: until } = told.rule;
  const next =
    at !== null
      ? told.rule.holds
        ? w.explain.leaves(f.moment(at))
        : w.explain.enters(f.moment(at))
      : until === null
        ? w.explain.stays
        : w.explain.atLeast(f.moment(until));
  return (
    <Card>
      <Label tone={inside ? "good" : "quiet"} size="lg">
        {inside ? w.explain.inside : w.explain.outside}
      </Label>
      <Text fw={600} mt="sm" fz={17}>
        {w.explain.verdict(name, inside)}.
      </Text>
      <Text mt={4}>{next}</Text>
      {inside !== told.rule.holds && (
        <Notice mt="sm" tone="doubt">
          {w.explain.settling}
        </Notice>
      )}
    </Card>
  );
}

export function ExplanationPage() {
  const { w, f, language } = useSpeech();
  const { page } = useApp();
  const navigate = useNavigate();
  const params = useParams();
  const [id, person] = [Number(params.segment), Number(params.person)];
  const segment = useSegment(id).data;
  const who = useWho(person).data;
  const query = useExplanation(id, person);
  const told = query.data;
  if (query.isError && !told) return <PageFailed error={query.error} retry={() => void query.refetch()} />;
  if (!told || !segment || !who) return <Waiting rows={10} p={0} />;
  const name = personName(who, w);
  return (
    <Page
      title={w.explain.title(segment.name)}
      back={{ to: page(`segments/${id}`), label: segment.name }}
      line={
        <>
          <PersonLink id={told.person_id} /> · {w.segments.fresh} <Moment at={told.now} form="time" size="sm" />
        </>
      }
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <Verdict told={told} name={name} />
            <Card title={w.segments.rule}>
              <Text>{capital(segment.sentence[language], f)}.</Text>
            </Card>
            <Card>
              <PersonPick
                label={w.explain.askPerson}
                except={told.person_id}
                value={null}
                choose={(other) => other !== null && void navigate(page(`segments/${id}/people/${other}`))}
              />
            </Card>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Card title={w.explain.tree}>
            <Part part={told.rule} />
          </Card>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
