import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./global.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { sessionKey } from "./account/session";
import { Failure } from "./api/client";
import { Pages } from "./pages";
import { theme, variables } from "./theme";
import { SpeechProvider } from "./words/words";

/** A session that has ended shows the sign-in page, whatever was asked. */
function lost(error: Error): void {
  if (error instanceof Failure && error.status === 401) queries.setQueryData(sessionKey, null);
}

const queries = new QueryClient({
  queryCache: new QueryCache({ onError: lost }),
  mutationCache: new MutationCache({ onError: lost }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (times, error) => !(error instanceof Failure && error.status < 500) && times < 2,
    },
  },
});

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no place for the dashboard");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <SpeechProvider>
        <QueryClientProvider client={queries}>
          <BrowserRouter>
            <Notifications position="bottom-right" />
            <Pages />
          </BrowserRouter>
        </QueryClientProvider>
      </SpeechProvider>
    </MantineProvider>
  </StrictMode>,
);
