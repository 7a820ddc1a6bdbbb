/** A new segment, from a rule that begins with one event, or with the list that its address names. */
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { server, take } from "../api/client";
import type { KindForm, Rule } from "../api/types";
import { useChange } from "../pieces/change";
import { PageFailed } from "../pieces/not-there";
import { Page } from "../pieces/page";
import { Waiting } from "../pieces/states";
import { useApp } from "../shell/app";
import { useSpeech } from "../words/words";
import { forget } from "./draft";
import { fresh } from "./fields";
import { type Given, SegmentForm } from "./form";
import { useConditionKinds } from "./queries";

/** The first of the kinds is what most rules begin with. */
const opened = ([first]: KindForm[]): Rule => (first ? fresh(first) : { all: [] });

function New({ kinds }: { kinds: KindForm[] }) {
  const { w } = useSpeech();
  const { id, params, page } = useApp();
  const navigate = useNavigate();
  const list = Number(useSearchParams()[0].get("list")) || 0;
  const [start] = useState<Given>(() => ({ name: "", rule: list ? { kind: "list", list } : opened(kinds) }));
  const create = useChange({
    run: ({ name, rule }: Given) =>
      take(server.POST("/api/v1/apps/{app}/segments", { params, body: { name, rule: { ...rule } } })),
    touches: [["segments", id]],
  });
  const place = list ? `${id}-list-${list}` : `${id}-new`;
  const leave = (segment: number) => {
    forget(place);
    void navigate(page(`segments/${segment}`));
  };
  return (
    <Page title={w.segments.create} back={{ to: page("segments"), label: w.segments.title }}>
      <SegmentForm
        kinds={kinds}
        start={start}
        place={place}
        starters={list === 0}
        back={page("segments")}
        action={w.segments.createDo}
        busy={create.isPending}
        failure={create.error}
        submit={(given) => create.mutate(given, { onSuccess: (segment) => leave(segment.id) })}
      />
    </Page>
  );
}

export function NewSegment() {
  const kinds = useConditionKinds();
  if (kinds.isError) return <PageFailed error={kinds.error} retry={() => void kinds.refetch()} />;
  return kinds.data ? <New kinds={kinds.data} /> : <Waiting rows={10} p={0} />;
}
