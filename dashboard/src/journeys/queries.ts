import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import type { Journey, NodeCount } from "../api/types";
import { useApp } from "../shell/app";

export function useJourneys() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["journeys", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/journeys", { params: { path: { app: id }, query: { limit: 200, archived: true } } })),
    select: (page) => page.items as Journey[],
    refetchInterval: 5_000,
  });
}

export function useJourney(journey: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["journey", id, journey],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/journeys/{journey}", { params: { path: { app: id, journey } } })),
    select: (one) => one as Journey,
  });
}

/** What publishing the draft would do; refused where it cannot be published. */
export function usePublishing(journey: Journey, asked: boolean) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["journey", id, journey.id, "publishing", journey.version],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/journeys/{journey}/publishing", { params: { path: { app: id, journey: journey.id } } })),
    enabled: asked,
    retry: false,
  });
}

/** Runs by node, all versions together. */
export type Passed = { arrived: number; waiting: number; stopped: number };
export type Counts = { entered: number; waiting: number; stopped: number; done: number; at: (node: string) => Passed };

function sum(rows: NodeCount[]): Passed {
  const total = (field: keyof Passed) => rows.reduce((so_far, row) => so_far + row[field], 0);
  return { arrived: total("arrived"), waiting: total("waiting"), stopped: total("stopped") };
}

export function useCounts(journey: Journey | undefined): Counts | undefined {
  const { id } = useApp();
  const query = useQuery({
    queryKey: ["journey", id, journey?.id, "counts"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/journeys/{journey}/counts", { params: { path: { app: id, journey: journey?.id ?? 0 } } })),
    enabled: journey !== undefined,
    refetchInterval: 3_000,
  });
  if (!journey || !query.data) return undefined;
  const { items } = query.data;
  const at = (node: string) => sum(items.filter((row) => row.node === node));
  const { waiting, stopped } = sum(items);
  const entered = at(journey.graph.start).arrived;
  return { entered, waiting, stopped, done: Math.max(0, entered - waiting - stopped), at };
}

export function useRuns(journey: number) {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["journey", id, journey, "runs"],
    queryFn: ({ pageParam }) => take(server.GET("/api/v1/apps/{app}/journeys/{journey}/runs", { params: { path: { app: id, journey }, query: { cursor: pageParam, limit: 20 } } })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 3_000,
  });
}
