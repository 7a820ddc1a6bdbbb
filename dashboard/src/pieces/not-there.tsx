/** What stands in a page's place when there is none, or nothing of it could be read: like any page it has one h1, and names its tab. */
import { Anchor } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "react-router";
import { Failure } from "../api/client";
import { useSpeech } from "../words/words";
import { Page, useTab } from "./page";
import { Empty, Failed, type FailedProps } from "./states";

export function NotThere() {
  const { w } = useSpeech();
  useTab(w.common.notThere);
  return (
    <Empty
      icon={IconMapQuestion}
      title={w.common.notThere}
      order={1}
      action={
        <Anchor component={Link} to="/">
          {w.nav.overview}
        </Anchor>
      }
    >
      {w.common.notThereBody}
    </Empty>
  );
}

export function PageFailed({ error, retry }: FailedProps) {
  const { w } = useSpeech();
  if (error instanceof Failure && error.status === 404) return <NotThere />;
  return (
    <Page title={w.common.failed}>
      <Failed error={error} retry={retry} />
    </Page>
  );
}
