import { useQuery, useQueryClient } from "@tanstack/react-query";
import { read, server, take } from "../api/client";
import type { Health } from "../api/types";
import { useApp } from "../shell/app";

/** Read again every few seconds: these pages are left open on a screen. */
const often = 5_000;

export function useOverview() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["overview", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/reports/overview", { params })),
    refetchInterval: often,
  });
}

/** How often messages of each sending domain are reported as spam, and whose marketing is stopped for it. */
export function useSendingDomains() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["sending-domains", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/sending-domains", { params })),
    select: (found) => found.items,
    refetchInterval: 60_000,
  });
}

/** The newest audiences: those that have stopped are shown. */
export function useAudiences() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["audiences", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/audiences", { params: { ...params, query: { limit: 200 } } })),
    select: (found) => found.items,
    refetchInterval: 60_000,
  });
}

export function useSkipped() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["skipped", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/reports/skipped", { params })),
    refetchInterval: often,
  });
}

export function useMessagesReport() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["outcomes", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/reports/messages", { params })),
    refetchInterval: often,
  });
}

export function useLatency() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["latency", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/reports/latency", { params })),
    refetchInterval: often,
  });
}

export function useSegmentsReport() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["courses", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/reports/segments", { params })),
    refetchInterval: 15_000,
  });
}

export function useRfm() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["rfm", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/reports/rfm", { params })),
    refetchInterval: 60_000,
  });
}

const health = { queryKey: ["health"], queryFn: () => read<Health>("/health"), retry: false };

export function useHealth() {
  return useQuery({ ...health, refetchInterval: often });
}

/**
 * Asks what time it is where events are counted: a browser's clock may be wrong, and a demo's story plays at a time of
 * its own.
 */
export function useServerClock(): () => Promise<number> {
  const queries = useQueryClient();
  return async () => {
    const found = await queries.fetchQuery({ ...health, staleTime: often }).catch(() => undefined);
    return found?.now ?? Date.now();
  };
}

/** The instant up to which everything that happened is counted. */
export function useFreshness(): number | null {
  const health = useHealth().data;
  if (health?.status !== "ok") return null;
  return (health.behind === 0 ? health.now : health.settled_at) ?? null;
}
