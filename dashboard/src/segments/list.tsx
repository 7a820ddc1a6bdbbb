import { Button, Group, Table, Text, TextInput } from "@mantine/core";
import { IconPlus, IconSearch, IconUsersGroup } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import type { Segment, SegmentPoint } from "../api/types";
import { Late } from "../overview/late";
import { useFreshness, useSegmentsReport } from "../overview/queries";
import { Moment } from "../pieces/moment";
import { Card, Page } from "../pieces/page";
import { Sparkline } from "../pieces/sparkline";
import { Empty, Loaded, Quiet } from "../pieces/states";
import { useApp } from "../shell/app";
import { capital } from "../words/sentences";
import { useSpeech } from "../words/words";
import { useSegments } from "./queries";
import { moved, sizesSince } from "./sizes";

const week = 7; // points of a day
const many = 8; // more than that are searched

/** Whether a name or a rule has every word of a search. */
const matches = (segment: Segment, sentence: string, search: string) =>
  search
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => `${segment.name} ${sentence}`.toLocaleLowerCase().includes(word));

function Row({ segment, points }: { segment: Segment; points: SegmentPoint[] }) {
  const { w, f, language } = useSpeech();
  const { page } = useApp();
  const navigate = useNavigate();
  const { entered, left } = moved(points, week);
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
        <Sparkline
          values={sizesSince(points, segment.created_at).filter((size) => size !== null)}
          label={`${w.segments.history}: ${segment.name}`}
        />
      </Table.Td>
      <Table.Td ta="right" w={130}>
        <Text className="tabular" fw={650} fz={18}>
          {segment.size === null ? "–" : f.number(segment.size)}
        </Text>
        <Text size="xs" c="dimmed" className="tabular">
          {segment.size === null
            ? w.segments.ready
            : entered + left > 0 && (
                <span title={w.segments.movedWeek(f.number(entered), f.number(left))}>
                  +{f.number(entered)} −{f.number(left)}
                </span>
              )}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

export function SegmentList() {
  const { w, language } = useSpeech();
  const { page } = useApp();
  const segments = useSegments();
  const fresh = useFreshness();
  const [search, setSearch] = useState("");
  const found = segments.data?.filter((one) => matches(one, one.sentence[language], search)) ?? [];
  const courses = new Map(useSegmentsReport().data?.segments.map((row) => [row.segment_id, row.points]));
  const create = (
    <Button component={Link} to={page("segments/new")} leftSection={<IconPlus size={16} aria-hidden />}>
      {w.segments.create}
    </Button>
  );
  return (
    <Page
      title={w.segments.title}
      line={
        fresh !== null && segments.data?.length ? (
          <>
            {w.segments.fresh} <Moment at={fresh} form="time" />
          </>
        ) : undefined
      }
      actions={create}
    >
      <Late />
      {(segments.data?.length ?? 0) > many && (
        <TextInput
          mb="md"
          maw={420}
          type="search"
          aria-label={w.segments.search}
          placeholder={w.segments.search}
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={(change) => setSearch(change.currentTarget.value)}
        />
      )}
      <Card flush>
        <Loaded query={segments} rows={6} height={40}>
          {(items) =>
            items.length === 0 ? (
              <Empty icon={IconUsersGroup} title={w.segments.empty} action={<Group mt="sm">{create}</Group>}>
                {w.segments.emptyBody}
              </Empty>
            ) : found.length === 0 ? (
              <Quiet>{w.common.nothingFound}</Quiet>
            ) : (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{w.common.name}</Table.Th>
                    <Table.Th visibleFrom="md">{w.segments.history}</Table.Th>
                    <Table.Th ta="right" miw={130}>
                      {w.segments.size}
                      <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
                        {w.segments.sizeWeek}
                      </Text>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {found.map((segment) => (
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
