/**
 * Changing a segment's name and rule. What was read first is what is changed: an edit by somebody else in between is
 * shown.
 */
import { Box } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { server, take } from "../api/client";
import type { KindForm, Segment } from "../api/types";
import { useChange } from "../pieces/change";
import { PageFailed } from "../pieces/not-there";
import { Page } from "../pieces/page";
import { Waiting } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { Conflict, isConflict } from "./conflict";
import { forget } from "./draft";
import { type Given, SegmentForm } from "./form";
import { useConditionKinds, useSegment } from "./queries";

type Saved = Given & { version: number };

type EditProps = { kinds: KindForm[]; segment: Segment; again: (theirs: Segment) => void };

function Edit({ kinds, segment, again }: EditProps) {
  const { w } = useSpeech();
  const { id: app, page } = useApp();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [read] = useState(segment);
  const back = page(`segments/${segment.id}`);
  const save = useChange({
    run: ({ name, rule, announce, version }: Saved) =>
      take(
        server.PATCH("/api/v1/apps/{app}/segments/{segment}", {
          params: { path: { app, segment: read.id } },
          body: { version, name, rule: { ...rule }, announce },
        }),
      ),
    touches: [
      ["segments", app],
      ["segment", app, segment.id],
    ],
    done: w.builder.saved,
    told: isConflict,
  });
  const [mine, setMine] = useState<Given | null>(null);
  const meet = (given: Given) => {
    setMine(given);
    void queries.invalidateQueries({ queryKey: ["segment", app, read.id] });
  };
  const place = `${app}-${read.id}-${read.version}`; // of an older version nothing is taken up again
  const leave = () => {
    forget(place);
    void navigate(back);
  };
  const send = (given: Saved) =>
    save.mutate(given, { onSuccess: leave, onError: (error) => isConflict(error) && meet(given) });
  return (
    <Page title={w.builder.editTitle} back={{ to: back, label: segment.name }}>
      {mine && (
        <Conflict
          read={read}
          mine={mine}
          busy={save.isPending}
          keep={(version) => send({ ...mine, version })}
          take={(theirs) => {
            forget(place);
            again(theirs);
          }}
        />
      )}
      <Box display={mine ? "none" : undefined}>
        <SegmentForm
          kinds={kinds}
          start={read}
          place={place}
          own={read.id}
          back={back}
          action={w.builder.save}
          busy={save.isPending}
          failure={save.error}
          submit={(given) => send({ ...given, version: read.version })}
        />
      </Box>
    </Page>
  );
}

export function EditSegment() {
  const query = useSegment(Number(useParams().segment));
  const kinds = useConditionKinds();
  const [theirs, setTheirs] = useState<Segment | null>(null);
  if (query.isError && !query.data) return <PageFailed error={query.error} retry={() => void query.refetch()} />;
  if (kinds.isError) return <PageFailed error={kinds.error} retry={() => void kinds.refetch()} />;
  if (!query.data || !kinds.data) return <Waiting rows={10} p={0} />;
  const start = theirs?.id === query.data.id ? theirs : query.data;
  return (
    <Edit
      key={theirs ? `${start.id}.${start.version}` : start.id}
      kinds={kinds.data}
      segment={start}
      again={setTheirs}
    />
  );
}
