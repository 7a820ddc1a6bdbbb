/** The journey as a picture: read-only, at its natural size, each step reachable by Tab and read as one sentence. */
import { Background, BackgroundVariant, Controls, MarkerType, ReactFlow, type Edge } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useComputedColorScheme } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useMemo } from "react";
import type { Graph } from "../api/types";
import { useMessageName } from "../messages/queries";
import type { Tongue } from "../words/sentences";
import { useSpeech } from "../words/words";
import classes from "./canvas.module.css";
import type { Counts } from "./queries";
import { arrows, entryId, places, size } from "./layout";
import { entrySentence, stepSentence } from "./sentences";
import { StepCard, type Step, type StepData } from "./step";

const types = { step: StepCard };

function stepData(id: string, graph: Graph, counts: Counts | undefined, name: (id: number) => string | undefined, tongue: Tongue): StepData {
  const node = graph.nodes.find((one) => one.id === id);
  if (!node) {
    const entered = counts?.entered ?? 0;
    return { kind: "entry", text: entrySentence(graph, tongue), counts: counts ? { arrived: entered, waiting: 0, stopped: 0 } : null };
  }
  return { kind: node.kind, text: stepSentence(node, name, tongue), counts: counts?.at(id) ?? null };
}

export function Canvas({ graph, counts }: { graph: Graph; counts: Counts | undefined }) {
  const { w, f } = useSpeech();
  const scheme = useComputedColorScheme("light");
  const name = useMessageName();
  const { ref, width } = useElementSize();
  const tongue = useMemo(() => ({ w, f }), [w, f]);
  const lines = useMemo(() => arrows(graph, tongue), [graph, tongue]);
  const drawn = useMemo(() => places(graph, lines), [graph, lines]);
  const nodes = drawn.places.map(({ id, x, y }): Step => {
    const data = stepData(id, graph, counts, name, tongue);
    const passed = data.counts ? w.journeys.counts(data.counts.arrived, data.counts.waiting, data.counts.stopped) : "";
    return { id, type: "step", position: { x, y }, data, ...size, ariaLabel: w.journeys.nodeLabel(w.journeys.node[data.kind] ?? "", data.text, passed), ariaRole: "group" };
  });
  const edges = lines.map((line, number): Edge => ({
    id: String(number), source: line.from, target: line.to, label: line.label || undefined, type: "smoothstep", focusable: false, markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
    labelBgPadding: [6, 3], labelBgBorderRadius: 6, ariaLabel: line.label,
  }));
  // At its natural size where it fits, else as small as its width asks; the page scrolls, not the picture.
  const zoom = width > 0 && drawn.width > 0 ? Math.min(1, width / drawn.width) : 1;
  const height = Math.max(220, drawn.height * zoom);
  return (
    <div ref={ref} className={classes.canvas} style={{ height, minHeight: 220 }} role="group" aria-label={w.journeys.canvas}>
      {width > 0 && (
        <ReactFlow
          key={`${entryId}${drawn.width}${Math.round(width)}${entryId}`} nodes={nodes} edges={edges} nodeTypes={types} colorMode={scheme} defaultViewport={{ x: (width - drawn.width * zoom) / 2, y: 0, zoom }} minZoom={0.2} maxZoom={1.5}
          nodesDraggable={false} nodesConnectable={false} edgesFocusable={false} elementsSelectable={false} nodesFocusable zoomOnScroll={false} preventScrolling={false} panOnScroll={false} zoomOnDoubleClick={false}
        >
          <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} color="var(--line)" />
          <Controls showInteractive={false} position="bottom-right" />
        </ReactFlow>
      )}
    </div>
  );
}
