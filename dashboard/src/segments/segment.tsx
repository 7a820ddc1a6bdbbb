import { Alert, Anchor, Button, Grid, Progress, Stack, Table, Text, VisuallyHidden } from "@mantine/core";
import { IconHistory, IconPencil } from "@tabler/icons-react";
import { Link, useParams } from "react-router";
import type { Segment } from "../api/types";
import { Late } from "../overview/late";
import { useFreshness } from "../overview/queries";
import { emailOf, personName } from "../people/name";
import { PersonLink } from "../people/person-link";
import { useWho } from "../people/queries";
import { Moment } from "../pieces/moment";
import { More } from "../pieces/more";
import { PageFailed } from "../pieces/not-there";
import { Card, Page } from "../pieces/page";
import { Failed, Quiet, Waiting } from "../pieces/states";
import { useApp } from "../shell/app";
import { capital } from "../words/sentences";
import { useSpeech } from "../words/words";
import { Archive, UsedBy } from "./archive";
import { Course } from "./course";
import { Export } from "./export";
import { useMembers, useSegment } from "./queries";

function Member({ id, segment }: { id: number; segment: number }) {
  const { w } = useSpeech();
  const { page } = useApp();
  const person = useWho(id).data;
  return (
    <Table.Tr>
      <Table.Td>
        <PersonLink id={id} />
      </Table.Td>
      <Table.Td visibleFrom="md">{(person && emailOf(person)) || "–"}</Table.Td>
      <Table.Td ta="right">{person && <Moment at={person.last_seen} size="sm" />}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: "nowrap" }}>
        <Anchor
          component={Link}
          size="sm"
          to={page(`segments/${segment}/people/${id}`)}
          aria-label={`${w.explain.why} ${person ? personName(person, w) : w.common.number(id)}`}
        >
          {w.explain.why}
        </Anchor>
      </Table.Td>
    </Table.Tr>
  );
}

function MemberList({ segment }: { segment: number }) {
  const { w } = useSpeech();
  const members = useMembers(segment);
  const items = members.data?.pages.flatMap((found) => found.items) ?? [];
  return (
    <Card title={w.segments.members} flush actions={<Export segment={segment} />}>
      {members.isError && <Failed error={members.error} />}
      {members.isPending && <Waiting rows={5} />}
      {members.data && items.length === 0 && <Quiet>{w.segments.membersNone}</Quiet>}
      {items.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{w.common.name}</Table.Th>
              <Table.Th visibleFrom="md">{w.people.email}</Table.Th>
              <Table.Th ta="right">{w.people.seen}</Table.Th>
              <Table.Th ta="right">
                <VisuallyHidden>{w.explain.why}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((id) => (
              <Member key={id} id={id} segment={segment} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      <More query={members} />
    </Card>
  );
}

/** How far a new or edited segment is on its way to be live. */
function Building({ building }: { building: NonNullable<Segment["building"]> }) {
  const { w, f } = useSpeech();
  const done = f.share(building.share, 1);
  return (
    <Alert
      role="status"
      color={building.error ? "orange" : "blue"}
      mb="md"
      title={building.is_new ? w.segments.building : w.segments.updating}
    >
      <Progress value={100 * building.share} aria-label={w.segments.buildingShare(done)} my="xs" />
      <Text size="sm">
        {building.stage === "waiting" ? w.segments.buildingWaits : w.segments.buildingShare(done)}{" "}
        {building.expected_at !== null && (
          <>
            {w.segments.buildingEnds} <Moment at={building.expected_at} form="time" size="sm" />.
          </>
        )}
      </Text>
      {building.error !== "" && <Text size="sm">{w.segments.buildingFailed}</Text>}
    </Alert>
  );
}

export function SegmentPage() {
  const { w, f, language } = useSpeech();
  const { page } = useApp();
  const id = Number(useParams().segment);
  const query = useSegment(id);
  const segment = query.data;
  const fresh = useFreshness();
  if (query.isError && !segment) return <PageFailed error={query.error} retry={() => void query.refetch()} />;
  if (!segment) return <Waiting rows={10} p={0} />;
  return (
    <Page
      title={segment.name}
      back={{ to: page("segments"), label: w.segments.title }}
      actions={
        <>
          <Button
            component={Link}
            to={page(`segments/${id}/versions`)}
            variant="default"
            leftSection={<IconHistory size={16} aria-hidden />}
          >
            {w.versions.link}
          </Button>
          <Button
            component={Link}
            to={page(`segments/${id}/edit`)}
            variant="default"
            leftSection={<IconPencil size={16} aria-hidden />}
          >
            {w.builder.edit}
          </Button>
          <Archive segment={id} />
        </>
      }
    >
      {segment.building && <Building building={segment.building} />}
      <Late />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <Card title={w.segments.size}>
              <Text fz={40} fw={680} lts="-0.03em" lh={1.1} className="tabular" c="var(--accent-text)">
                {segment.size === null ? "–" : f.number(segment.size)}
              </Text>
              <Text size="sm" c="dimmed" mt={6} component="div">
                {segment.size !== null && fresh !== null ? (
                  <>
                    {w.segments.fresh} <Moment at={fresh} form="time" size="sm" />
                  </>
                ) : (
                  w.segments.ready
                )}
              </Text>
            </Card>
            <Card title={w.segments.rule}>
              <Text>{capital(segment.sentence[language], f)}.</Text>
            </Card>
            <UsedBy segment={id} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack>
            {segment.size !== null && <Course segment={id} created={segment.created_at} />}
            {segment.size !== null && <MemberList segment={id} />}
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}
