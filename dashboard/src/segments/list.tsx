import { Button, Group, Table, Text } from "@mantine/core";
import { IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { Link, useNavigate } from "react-router";
import type { Segment, SegmentPoint } from "../api/types";
import { Late } from "../overview/late";
import { useFreshness, useSegmentsReport } from "../overview/queries";
import { Moment } from "../pieces/moment";
import { Card, Page } from "../pieces/page";
import { Sparkline } from "../pieces/sparkline";
import { Empty, Loaded } from "../pieces/states";
import { useApp } from "../shell/app";
import { capital } from "../words/sentences";
import { useSpeech } from "../words/words";
import { useSegments } from "./queries";

function Row({ segment, points }: { segment: Segment; points: SegmentPoint[] }) {
  const { w, f, language } = useSpeech();
  const fresh = useFreshness();
  const { page } = useApp();
  const navigate = useNavigate();
  const to = page(`segments/${segment.id}`);
  return (
    <Table.Tr data-link style={{ cursor: "pointer" }} onClick={() => void navigate(to)}>
      <Table.Td>
        <Link to={to} className="plain-link" style={{ fontWeight: 600 }} onClick={(click) => click.stopPropagation()}>
          {segment.name}
        </Link>
        <Text size="sm" c="dimmed" mt={2} lineClamp={3}>
          {capital(segment.sentence[language], f)}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md" w={150}>
        <Sparkline values={points.map((point) => point.size)} label={`${w.segments.history}: ${segment.name}`} />
      </Table.Td>
      <Table.Td ta="right" w={130}>
        <Text className="tabular" fw={650} fz={18}>
          {segment.size === null ? "–" : f.number(segment.size)}
        </Text>
        <Text size="xs" c="dimmed">
          {segment.size !== null && fresh !== null ? <Moment at={fresh} form="time" size="xs" /> : w.segments.ready}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

export function SegmentList() {
  const { w } = useSpeech();
  const { page } = useApp();
  const segments = useSegments();
  const courses = new Map(useSegmentsReport().data?.segments.map((row) => [row.segment_id, row.points]));
  const create = (
    <Button component={Link} to={page("segments/new")} leftSection={<IconPlus size={16} aria-hidden />}>
      {w.segments.create}
    </Button>
  );
  return (
    <Page title={w.segments.title} actions={create}>
      <Late />
      <Card flush>
        <Loaded query={segments} rows={6} height={40}>
          {(items) =>
            items.length === 0 ? (
              <Empty icon={IconUsersGroup} title={w.segments.empty} action={<Group mt="sm">{create}</Group>}>
                {w.segments.emptyBody}
              </Empty>
            ) : (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{w.common.name}</Table.Th>
                    <Table.Th visibleFrom="md">{w.segments.history}</Table.Th>
                    <Table.Th ta="right">{w.segments.size}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((segment) => (
                    <Row key={segment.id} segment={segment} points={courses.get(segment.id) ?? []} />
                  ))}
                </Table.Tbody>
              </Table>
            )
          }
        </Loaded>
      </Card>
    </Page>
  );
}
