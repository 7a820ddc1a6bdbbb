/** Buyers by how lately (to the right) and how often (upwards) they bought, as the server's ten named cells. */
import { Box, Text } from "@mantine/core";
import type { CSSProperties } from "react";
import type { RfmReport } from "../api/types";
import { Card } from "../pieces/page";
import { Loaded, Quiet } from "../pieces/states";
import { useSpeech } from "../words/words";
import { useRfm } from "./queries";
import classes from "./rfm.module.css";

// Where each cell stands on the map; which person is in which cell is the server's to say.
const areas: Record<string, string> = {
  Champions: "champions",
  Loyal: "loyal",
  "Potential Loyalist": "potential",
  New: "new",
  Promising: "promising",
  "Need Attention": "attention",
  "About To Sleep": "sleep",
  "Can't Lose": "lose",
  "At Risk": "risk",
  Hibernating: "hibernating",
};

function Cells({ report }: { report: RfmReport }) {
  const { w, f } = useSpeech();
  const most = Math.max(1, ...report.cells.map((one) => one.people));
  return (
    <Box>
      <div className={classes.frame}>
        <Text size="xs" c="dimmed" className={classes.upwards}>
          {w.overview.rfmFrequency} →
        </Text>
        <ul className={classes.map} aria-label={w.overview.rfm}>
          {report.cells.map((one) => (
            <li
              key={one.cell}
              className={classes.cell}
              style={{ gridArea: areas[one.cell], "--share": `${(one.people / most) * 46}%` } as CSSProperties}
            >
              <span className={classes.name}>{w.rfm[one.cell] ?? one.cell}</span>
              <b>{f.number(one.people)}</b>
            </li>
          ))}
        </ul>
      </div>
      <Text size="xs" c="dimmed" ta="right" mt={6}>
        {w.overview.rfmRecency} →
      </Text>
      <Text size="xs" c="dimmed" mt={6}>
        {w.credit.rfmHow}
      </Text>
    </Box>
  );
}

export function Rfm() {
  const { w } = useSpeech();
  const rfm = useRfm();
  const line = rfm.data && rfm.data.people > 0 ? w.overview.rfmBody(rfm.data.people, rfm.data.event) : undefined;
  return (
    <Card title={w.overview.rfm} line={line} h="100%">
      <Loaded query={rfm} p={0} rows={8}>
        {(report) =>
          report.people === 0 ? (
            <Quiet p={0}>{w.overview.rfmNone(report.event)}</Quiet>
          ) : report.ready ? (
            <Cells report={report} />
          ) : (
            <Quiet p={0}>{w.credit.rfmNotYet(report.people, report.days, report.least)}</Quiet>
          )
        }
      </Loaded>
    </Card>
  );
}
