/** One arrow on the canvas, drawn as the layout says, with its label. */
import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import classes from "./canvas.module.css";

export type ArrowEdge = Edge<{ path: string; label: string; x: number; y: number; isExit: boolean }, "arrow">;

export function ArrowLine({ data, markerEnd }: EdgeProps<ArrowEdge>) {
  if (!data) return null;
  return (
    <>
      <BaseEdge path={data.path} markerEnd={markerEnd} style={data.isExit ? { strokeDasharray: "5 5" } : undefined} />
      {data.label && (
        <EdgeLabelRenderer>
          <div
            className={classes.label}
            style={{ transform: `translate(-50%, -50%) translate(${data.x}px, ${data.y}px)` }}
          >
            {data.label}
          </div>
        </EdgeLabelRenderer>
      )}
    </>
  );
}
