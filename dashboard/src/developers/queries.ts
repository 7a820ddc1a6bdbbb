import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import { useApp } from "../shell/app";

export function useKeys() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["keys", id],
    queryFn: () =>
      take(server.GET("/api/v1/apps/{app}/keys", { params: { path: { app: id }, query: { limit: 200 } } })),
    select: (page) => page.items,
  });
}

/** The key with which pages subscribe browsers. */
export function usePushKey() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["push-key", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/push-key", { params: { path: { app: id } } })),
  });
}

export function useIdentitySecrets() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["identity-secrets", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/identity-secrets", { params: { path: { app: id } } })),
    select: (found) => found.items,
  });
}

export function useWebhooks() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["webhooks", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/webhooks", { params: { path: { app: id } } })),
    refetchInterval: 3_000,
  });
}

export type HoldReason = "unproved_user" | "known_device" | "too_many_confirmations";

export function useHeldBack(reason?: HoldReason) {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["held-back", id, reason],
    queryFn: ({ pageParam }) =>
      take(
        server.GET("/api/v1/apps/{app}/held-back", {
          params: { path: { app: id }, query: { reason, cursor: pageParam, limit: 20 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

/** All names, a page at a time; what a field suggests is asked for by what is typed (`segments/queries`). */
export function useEveryEventName() {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["every-event-name", id],
    queryFn: ({ pageParam }) =>
      take(
        server.GET("/api/v1/apps/{app}/events/names", {
          params: { path: { app: id }, query: { cursor: pageParam, limit: 100 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export function useRejected() {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["rejected", id],
    queryFn: ({ pageParam }) =>
      take(
        server.GET("/api/v1/apps/{app}/rejected", {
          params: { path: { app: id }, query: { cursor: pageParam, limit: 20 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

/** Who did what; it also tells of what is done on this very page. */
export function useAudit() {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["audit", id],
    queryFn: ({ pageParam }) =>
      take(
        server.GET("/api/v1/apps/{app}/audit", {
          params: { path: { app: id }, query: { cursor: pageParam, limit: 20 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 10_000,
  });
}
