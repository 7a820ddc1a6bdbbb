/** One step on the canvas: what it is, what it does, how many people came through. */
import { Group, Text, ThemeIcon } from "@mantine/core";
import {
  IconArrowsSplit2,
  IconClockHour4,
  IconDoorExit,
  IconFlag,
  IconHourglass,
  IconLogin2,
  IconMail,
  IconMailPause,
  IconPoint,
} from "@tabler/icons-react";
import { type Node as CanvasNode, Handle, type NodeProps, Position } from "@xyflow/react";
import { Link } from "react-router";
import { useSpeech } from "../words/words";
import classes from "./canvas.module.css";

/** `to` is the message's page, `runs` the address of the runs that stand or ended at the step. */
export type StepData = {
  to?: string | undefined;
  runs?: string | undefined;
  kind: string;
  isEnd: boolean;
  text: string;
  counts: { arrived: number; waiting: number; stopped: number } | null;
  ended?: { runs: number; of: number } | undefined;
};
export type Step = CanvasNode<StepData, "step">;

const icons: Record<string, typeof IconPoint> = {
  entry: IconLogin2,
  wait_for: IconHourglass,
  message: IconMail,
  send_and_wait: IconMailPause,
  delay: IconClockHour4,
  branch: IconArrowsSplit2,
  exit: IconFlag,
  left: IconDoorExit,
};

export function StepCard({ data }: NodeProps<Step>) {
  const { w, f } = useSpeech();
  const Icon = icons[data.kind] ?? IconPoint;
  const strong = data.to !== undefined;
  const { isEnd } = data;
  return (
    <div className={classes.step} data-kind={data.kind}>
      {data.kind !== "entry" && <Handle type="target" position={Position.Top} isConnectable={false} />}
      <Group gap={8} wrap="nowrap" align="flex-start">
        <ThemeIcon
          size={30}
          radius="md"
          variant={strong ? "filled" : "light"}
          color={isEnd ? "gray" : "pine"}
          aria-hidden
        >
          <Icon size={17} stroke={1.8} />
        </ThemeIcon>
        <div style={{ minWidth: 0, flex: 1 }}>
          <Text size="xs" c="dimmed" lh={1.2} component="div" className={classes.kind}>
            {w.journeys.node[data.kind] ?? data.kind}
            {data.runs && data.counts !== null && data.counts.arrived > 0 && (
              <Link
                to={data.runs}
                className={`plain-link nopan ${classes.way} ${classes.who}`}
                aria-label={w.saw.whoIsAt(data.text)}
                preventScrollReset
              >
                {w.saw.who}
              </Link>
            )}
          </Text>
          <Text size="sm" fw={600} lh={1.3} lineClamp={3} title={data.text}>
            {data.to ? (
              <Link to={data.to} className={`plain-link nopan ${classes.way}`}>
                {data.text}
              </Link>
            ) : (
              data.text
            )}
          </Text>
        </div>
      </Group>
      {data.ended && (
        <div className={classes.counts}>
          <span>
            <b>{f.number(data.ended.runs)}</b> {data.ended.of > 0 && f.share(data.ended.runs, data.ended.of)}
          </span>
        </div>
      )}
      {data.counts && (
        <div className={classes.counts}>
          <span title={w.journeys.entered}>
            <b>{f.number(data.counts.arrived)}</b> {w.journeys.enteredShort}
          </span>
          {data.counts.waiting > 0 && (
            <span data-waiting title={w.journeys.waiting}>
              <b>{f.number(data.counts.waiting)}</b> {w.journeys.waitingShort}
            </span>
          )}
          {data.counts.stopped > 0 && (
            <span title={w.journeys.left}>
              <b>{f.number(data.counts.stopped)}</b> {w.journeys.leftShort}
            </span>
          )}
        </div>
      )}
      {!isEnd && <Handle type="source" position={Position.Bottom} isConnectable={false} />}
    </div>
  );
}
