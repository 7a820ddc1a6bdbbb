/** Changing a segment's name and rule. What was read first is what is changed: an edit by somebody else in between is told. */
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { server, take } from "../api/client";
import type { Segment } from "../api/types";
import { useChange } from "../pieces/change";
import { Page } from "../pieces/page";
import { Failed, Waiting } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { SegmentForm, type Given } from "./form";
import { useSegment } from "./queries";

function Edit({ segment }: { segment: Segment }) {
  const { w } = useSpeech();
  const { id: app, page } = useApp();
  const navigate = useNavigate();
  const [read] = useState(segment);
  const back = page(`segments/${segment.id}`);
  const save = useChange({
    run: ({ name, rule }: Given) => take(server.PATCH("/api/v1/apps/{app}/segments/{segment}", { params: { path: { app, segment: read.id } }, body: { version: read.version, name, rule: { ...rule } } })),
    touches: [["segments", app], ["segment", app, segment.id]], done: w.builder.saved,
  });
  return (
    <Page title={w.builder.editTitle} back={{ to: back, label: segment.name }}>
      <SegmentForm start={read} own={read.id} back={back} action={w.builder.save} busy={save.isPending} failure={save.error} submit={(given) => save.mutate(given, { onSuccess: () => void navigate(back) })} />
    </Page>
  );
}

export function EditSegment() {
  const query = useSegment(Number(useParams().segment));
  if (query.isError && !query.data) return <Failed error={query.error} retry={() => void query.refetch()} />;
  if (!query.data) return <Waiting rows={10} p={0} />;
  return <Edit key={query.data.id} segment={query.data} />;
}
