/** A new provider of one kind, which the address names. */
import { Box } from "@mantine/core";
import { useNavigate, useParams } from "react-router";
import { NotThere, PageFailed } from "../pieces/not-there";
import { Page } from "../pieces/page";
import { Waiting } from "../pieces/states";
import { useApp } from "../shell/app";
import { ProviderForm } from "./form";
import { useProviderTypes } from "./queries";
import { useProviderWords } from "./wording";

export function NewProvider() {
  const { w, words, titleOf } = useProviderWords();
  const { page } = useApp();
  const navigate = useNavigate();
  const named = useParams().type;
  const types = useProviderTypes();
  if (types.isError) return <PageFailed error={types.error} retry={() => void types.refetch()} />;
  if (!types.data) return <Waiting rows={8} p={0} />;
  const type = types.data.find((one) => one.name === named);
  if (!type) return <NotThere />;
  return (
    <Page
      title={words.newTitle(titleOf(type))}
      line={w.messages.channel[type.channel] ?? type.channel}
      back={{ to: page("sending/providers"), label: words.title }}
    >
      <Box maw={720}>
        <ProviderForm
          key={type.name}
          type={type}
          done={(made) => void navigate(page(`sending/providers/${made.id}`))}
        />
      </Box>
    </Page>
  );
}
