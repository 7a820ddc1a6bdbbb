/** A point in time: short on the page, exact in the tooltip, machine-readable in the markup. */
import { Text, type TextProps, Tooltip } from "@mantine/core";
import { useSpeech } from "../words/words";

type MomentProps = TextProps & { at: number | null | undefined; form?: "moment" | "time" | "clock" | "day" };

export function Moment({ at, form = "moment", ...rest }: MomentProps) {
  const { w, f } = useSpeech();
  if (at === null || at === undefined)
    return (
      <Text span {...rest}>
        {w.common.never}
      </Text>
    );
  return (
    <Tooltip label={f.exact(at)}>
      <Text span className="tabular" style={{ whiteSpace: "nowrap" }} {...rest}>
        <time dateTime={new Date(at).toISOString()}>{f[form](at)}</time>
      </Text>
    </Tooltip>
  );
}
