/** The journey as a picture: read-only, at its natural size, each step reachable by Tab and read as one sentence. */
import { Background, BackgroundVariant, Controls, MarkerType, ReactFlow } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useMemo } from "react";
import type { Graph, KindForm } from "../api/types";
import { useMessageName } from "../messages/queries";
import { useSegmentName } from "../segments/queries";
import { useApp } from "../shell/app";
import type { Tongue } from "../words/sentences";
import { useSpeech } from "../words/words";
import { type ArrowEdge, ArrowLine } from "./arrow";
import classes from "./canvas.module.css";
import { draw, endId, exitEvents, exitId, size } from "./layout";
import type { Counts } from "./queries";
import { entrySentence, exitSentence, stepSentence } from "./sentences";
import { type Step, StepCard, type StepData } from "./step";

const stepTypes = { step: StepCard };
const lineTypes = { arrow: ArrowLine };

type Name = (id: number) => string | undefined;
type Page = (path: string) => string;

function stepData(
  id: string,
  graph: Graph,
  kinds: KindForm[],
  counts: Counts | undefined,
  name: Name,
  segmentName: Name,
  page: Page,
  tongue: Tongue,
): StepData {
  const node = graph.nodes.find((one) => one.id === id);
  const event = exitEvents(graph).find((one) => exitId(one) === id);
  if (event !== undefined)
    return {
      kind: "left",
      isEnd: true,
      text: exitSentence(graph, event, tongue),
      counts: null,
      ended: counts && { runs: counts.endedBy(event), of: counts.entered },
    };
  if (id === endId) return { kind: "exit", isEnd: true, text: tongue.w.journeys.exitText, counts: null };
  if (node) {
    const fields = kinds.find((one) => one.kind === node.kind)?.fields ?? [];
    const sent = fields.find((one) => one.role === "message");
    const to = sent && page(`messages/${node[sent.name]}`);
    return {
      kind: node.kind,
      isEnd: !fields.some((one) => one.role === "edge"),
      text: stepSentence(node, kinds, name, tongue),
      counts: counts?.at(id) ?? null,
      to,
      runs: `?node=${encodeURIComponent(id)}`,
    };
  }
  return {
    kind: "entry",
    isEnd: false,
    text: entrySentence(graph, tongue, segmentName),
    counts: counts ? { arrived: counts.entered, waiting: 0, stopped: 0 } : null,
  };
}

/** `kinds` are those of nodes, as the server tells them. */
type CanvasProps = { graph: Graph; kinds: KindForm[]; counts: Counts | undefined };

export function Canvas({ graph, kinds, counts }: CanvasProps) {
  const { w, f } = useSpeech();
  const scheme = useComputedColorScheme("light");
  const name = useMessageName();
  const segmentName = useSegmentName();
  const { page } = useApp();
  const { ref, width } = useElementSize();
  const tongue = useMemo(() => ({ w, f }), [w, f]);
  const drawn = useMemo(() => draw(graph, kinds, tongue), [graph, kinds, tongue]);
  const steps = drawn.places.map(({ id, x, y }): Step => {
    const data = stepData(id, graph, kinds, counts, name, segmentName, page, tongue);
    const passed = data.ended
      ? `${f.number(data.ended.runs)}`
      : data.counts
        ? w.journeys.counts(data.counts.arrived, data.counts.waiting, data.counts.stopped)
        : "";
    const label = w.journeys.nodeLabel(w.journeys.node[data.kind] ?? data.kind, data.text, passed);
    return { id, type: "step", position: { x, y }, data, ...size, ariaLabel: label, ariaRole: "group" };
  });
  const said = new Map(
    steps.map((one) => [one.id, one.data.text || (w.journeys.node[one.data.kind] ?? one.data.kind)]),
  );
  const lines = drawn.lines.map(
    ({ from, to, label, way, path, x, y }, number): ArrowEdge => ({
      id: String(number),
      type: "arrow",
      source: from,
      target: to,
      data: {
        path,
        label: label && way !== "exit_event" && counts ? `${label} · ${f.number(counts.by(from, way))}` : label,
        x,
        y,
        isExit: way === "exit_event",
      },
      focusable: false,
      ariaLabel: [said.get(from), label, said.get(to)].filter(Boolean).join(" → "), // else English, and by ids
      markerEnd: { type: MarkerType.ArrowClosed, width: 18, height: 18 },
    }),
  );
  // At its natural size where it fits, else as small as its width asks; the page scrolls, not the picture.
  const zoom = width > 0 && drawn.width > 0 ? Math.min(1, width / drawn.width) : 1;
  const height = Math.max(220, drawn.height * zoom);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms, this is a drawing
    <div ref={ref} className={classes.canvas} style={{ height }} role="group" aria-label={w.journeys.canvas}>
      {width > 0 && (
        <ReactFlow
          key={`${drawn.width}/${Math.round(width)}`}
          nodes={steps}
          edges={lines}
          nodeTypes={stepTypes}
          edgeTypes={lineTypes}
          colorMode={scheme}
          defaultViewport={{ x: (width - drawn.width * zoom) / 2, y: 0, zoom }}
          minZoom={0.2}
          maxZoom={1.5}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          nodesFocusable
          ariaLabelConfig={{
            "controls.zoomIn.ariaLabel": w.journeys.zoomIn,
            "controls.zoomOut.ariaLabel": w.journeys.zoomOut,
            "controls.fitView.ariaLabel": w.journeys.zoomFit,
            "controls.ariaLabel": w.journeys.zoom,
          }}
          zoomOnScroll={false}
          preventScrolling={false}
          panOnScroll={false}
          zoomOnDoubleClick={false}
        >
          <Background variant={BackgroundVariant.Dots} gap={22} size={1.5} color="var(--dots)" />
          <Controls showInteractive={false} position="top-right" />
        </ReactFlow>
      )}
    </div>
  );
}
