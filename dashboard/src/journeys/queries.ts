import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import type { Journey, JourneyCounts, Totals } from "../api/types";
import { useApp } from "../shell/app";

export function useJourneys() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["journeys", id],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/journeys", {
          params: { path: { app: id }, query: { limit: 200, archived: true } },
        }),
      ),
    select: (page) => page.items as Journey[],
    refetchInterval: 5_000,
  });
}

/** The kinds of nodes; they are the program's own and stay what they are while it runs. */
export function useNodeKinds() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["node-kinds"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/journeys/nodes", { params: { path: { app: id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useJourney(journey: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["journey", id, journey],
    queryFn: () =>
      take(server.GET("/api/v1/apps/{app}/journeys/{journey}", { params: { path: { app: id, journey } } })),
    select: (one) => one as Journey,
  });
}

/** What publishing the draft would do; refused where it cannot be published. */
export function usePublishing(journey: Journey, asked: boolean) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["journey", id, journey.id, "publishing", journey.version],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/journeys/{journey}/publishing", {
          params: { path: { app: id, journey: journey.id } },
        }),
      ),
    enabled: asked,
    retry: false,
  });
}

/** Runs by node and by edge, all versions together. */
export type Passed = { arrived: number; waiting: number; stopped: number };
export type Counts = Totals & {
  goal: JourneyCounts["goal"];
  money: Pick<JourneyCounts, "revenue" | "currency" | "revenues">;
  at: (node: string) => Passed;
  by: (node: string, way: string) => number;
  endedBy: (event: string) => number;
};

const total = <Row>(rows: Row[], count: (row: Row) => number) => rows.reduce((so_far, row) => so_far + count(row), 0);

function together({ items, edges, totals, goal, revenue, currency, revenues }: JourneyCounts): Counts {
  const at = (node: string) => {
    const rows = items.filter((row) => row.node === node);
    return {
      arrived: total(rows, (row) => row.arrived),
      waiting: total(rows, (row) => row.waiting),
      stopped: total(rows, (row) => row.stopped),
    };
  };
  const by = (node: string, way: string) =>
    total(
      edges.filter((edge) => edge.node === node && edge.way === way),
      (edge) => edge.runs,
    );
  const endedBy = (event: string) =>
    total(
      totals.exits.filter((exit) => exit.event === event),
      (exit) => exit.runs,
    );
  return { ...totals, goal, money: { revenue, currency, revenues }, at, by, endedBy };
}

export function useCounts(journey: Journey | undefined): Counts | undefined {
  const { id } = useApp();
  const query = useQuery({
    queryKey: ["journey", id, journey?.id, "counts"],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/journeys/{journey}/counts", {
          params: { path: { app: id, journey: journey?.id ?? 0 } },
        }),
      ),
    select: together,
    enabled: journey !== undefined,
    refetchInterval: 3_000,
  });
  return query.data;
}

/** Newest first; `node`: only those that stand there, or ended there. */
export function useRuns(journey: number, node?: string) {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["journey", id, journey, "runs", node],
    queryFn: ({ pageParam }) =>
      take(
        server.GET("/api/v1/apps/{app}/journeys/{journey}/runs", {
          params: { path: { app: id, journey }, query: { node, cursor: pageParam, limit: 20 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 3_000,
  });
}
