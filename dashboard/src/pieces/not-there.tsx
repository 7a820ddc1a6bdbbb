import { Anchor } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "react-router";
import { useSpeech } from "../words/words";
import { Empty } from "./states";

export function NotThere() {
  const { w } = useSpeech();
  return (
    <Empty
      icon={IconMapQuestion}
      title={w.common.notThere}
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
