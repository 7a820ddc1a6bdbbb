/** Who is signed in, and whether anybody can be yet. */
import { type QueryClient, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { rememberToken, server, take } from "../api/client";
import type { components } from "../api/schema";

type Session = components["schemas"]["Session"];

export const sessionKey = ["session"];

/** Somebody else is here now: what was read for who was here before is forgotten. */
function become(queries: QueryClient, session: Session | null): void {
  queries.setQueryData(sessionKey, session);
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" && queryKey[0] !== "setup" });
}

/** The session, or null where nobody is signed in. */
export function useSession() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: async () => {
      const session = await take(server.GET("/api/v1/session"));
      if (session) rememberToken(session.csrf);
      return session ?? null;
    },
    staleTime: Infinity,
  });
}

export function useSetupNeeded() {
  return useQuery({ queryKey: ["setup"], queryFn: () => take(server.GET("/api/v1/setup")), staleTime: Infinity });
}

function useEntry<V>(enter: (given: V) => Promise<Session>) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: enter,
    onSuccess: (session) => {
      rememberToken(session.csrf);
      queries.setQueryData(["setup"], { needed: false });
      become(queries, session);
    },
  });
}

export const useSignIn = () =>
  useEntry((body: components["schemas"]["SignIn"]) => take(server.POST("/api/v1/session", { body })));
export const useSetup = () =>
  useEntry((body: components["schemas"]["FirstOperator"]) => take(server.POST("/api/v1/setup", { body })));
export const useChoosePassword = () =>
  useEntry((body: components["schemas"]["PasswordChoice"]) => take(server.POST("/api/v1/password", { body })));

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => take(server.DELETE("/api/v1/session")),
    onSuccess: () => {
      become(queries, null);
    },
  });
}

export function useApps() {
  return useQuery({
    queryKey: ["apps"],
    queryFn: () => take(server.GET("/api/v1/apps", { params: { query: { limit: 200 } } })),
    select: (page) => page.items,
  });
}

export function useCreateApp() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ name, trusting }: { name: string; trusting: boolean }) =>
      take(
        server.POST("/api/v1/apps", {
          body: {
            name,
            trust_unsigned_browsers: trusting,
            confirm_addresses: true,
            timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
            language: document.documentElement.lang,
            country: "",
            currency: "",
          },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["apps"] }),
  });
}
