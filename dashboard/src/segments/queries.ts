import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import type { Rule, Segment, Version } from "../api/types";
import { useServerClock } from "../overview/queries";
import { useApp } from "../shell/app";

const often = 3_000;

export function useSegments() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["segments", id],
    queryFn: () =>
      take(server.GET("/api/v1/apps/{app}/segments", { params: { path: { app: id }, query: { limit: 200 } } })),
    select: (page) => page.items as Segment[],
    refetchInterval: often,
  });
}

/** A segment's name by its id. */
export function useSegmentName(): (segment: number) => string | undefined {
  const segments = useSegments().data;
  return (segment) => segments?.find((one) => one.id === segment)?.name;
}

/** The kinds of conditions; they are the program's own and stay what they are while it runs. */
export function useConditionKinds() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["condition-kinds"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/segments/conditions", { params: { path: { app: id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useLists() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["lists", id],
    queryFn: () =>
      take(server.GET("/api/v1/apps/{app}/lists", { params: { path: { app: id }, query: { limit: 200 } } })),
    select: (page) => page.items,
  });
}

export function useSegment(segment: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["segment", id, segment],
    queryFn: () =>
      take(server.GET("/api/v1/apps/{app}/segments/{segment}", { params: { path: { app: id, segment } } })),
    select: (one) => one as Segment,
    refetchInterval: often,
  });
}

/** The segments and journeys that depend on a segment. */
export function useSegmentDependents(segment: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["segment", id, segment, "dependents"],
    queryFn: () =>
      take(server.GET("/api/v1/apps/{app}/segments/{segment}/dependents", { params: { path: { app: id, segment } } })),
    select: (found) => found.items,
  });
}

export function useMembers(segment: number) {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["segment", id, segment, "members"],
    queryFn: ({ pageParam }) =>
      take(
        server.GET("/api/v1/apps/{app}/segments/{segment}/members", {
          params: { path: { app: id, segment }, query: { cursor: pageParam, limit: 20 } },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export function useVersions(segment: number) {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["segment", id, segment, "versions"],
    queryFn: async ({ pageParam }) => {
      const found = await take(
        server.GET("/api/v1/apps/{app}/segments/{segment}/versions", {
          params: { path: { app: id, segment }, query: { cursor: pageParam, limit: 50 } },
        }),
      );
      return { ...found, items: found.items as Version[] };
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

/** What is different from one version to another, in words. */
export function useDifference(segment: number, earlier: number, later: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["segment", id, segment, "difference", earlier, later],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/segments/{segment}/versions/{earlier}/difference/{later}", {
          params: { path: { app: id, segment, earlier, later } },
        }),
      ),
    enabled: earlier !== later,
  });
}

/**
 * Properties that arrived with an event; traits of people where none is given. Read once: what arrives changes slowly.
 */
export function useProperties(event: string | null | undefined, wanted: boolean) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["suggestions", id, event ?? null],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/suggestions/properties", {
          params: { path: { app: id }, query: event ? { event } : {} },
        }),
      ),
    select: (found) => found.items,
    enabled: wanted,
    staleTime: 60_000,
    retry: false,
  });
}

export function useValues(event: string | null | undefined, name: string, wanted: boolean) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["suggestions", id, event ?? null, name],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/suggestions/values", {
          params: { path: { app: id }, query: { name, ...(event ? { event } : {}) } },
        }),
      ),
    select: (found) => found.items,
    enabled: wanted && name !== "",
    staleTime: 60_000,
    retry: false,
  });
}

const day = 86_400_000;

/** A segment over the last days: by hour up to two of them, else by day. */
export function useCourse(segment: number, days: number) {
  const { id } = useApp();
  const every = days <= 2 ? day / 24 : day;
  const clock = useServerClock();
  return useQuery({
    queryKey: ["segment", id, segment, "course", days],
    queryFn: async () => {
      const until = (Math.floor((await clock()) / every) + 1) * every;
      return take(
        server.GET("/api/v1/apps/{app}/segments/{segment}/course", {
          params: { path: { app: id, segment }, query: { since: until - days * day, until, every } },
        }),
      );
    },
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
}

/** What keeping a rule that is not saved yet would cost. */
export function useCost(rule: Rule | null) {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["cost", id, rule],
    queryFn: () =>
      take(server.POST("/api/v1/apps/{app}/segments/preview/cost", { params, body: { rule: { ...rule } } })),
    enabled: rule !== null,
    placeholderData: keepPreviousData,
  });
}

/** Why somebody is in a segment or not, kept up to date: an answer may change by the minute. */
export function useExplanation(segment: number, person: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["segment", id, segment, "explanation", person],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/segments/{segment}/people/{person}/explanation", {
          params: { path: { app: id, segment, person } },
        }),
      ),
    refetchInterval: 10_000,
  });
}

/** A rule that is not saved yet as a sentence: there at once, or the reason why the rule cannot be read. */
export function useSentence(rule: Rule | null) {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["sentence", id, rule],
    queryFn: () => take(server.POST("/api/v1/apps/{app}/segments/sentence", { params, body: { rule: { ...rule } } })),
    enabled: rule !== null,
    placeholderData: keepPreviousData,
  });
}

/** How many people a rule that is not saved yet would hold. */
export function usePreview(rule: Rule | null) {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["preview", id, rule],
    queryFn: () => take(server.POST("/api/v1/apps/{app}/segments/preview", { params, body: { rule: { ...rule } } })),
    enabled: rule !== null,
    placeholderData: keepPreviousData,
  });
}

/** The names that hold a text, at most 200 of them. */
export function useEventNames(search = "") {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["event-names", id, search],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/events/names", { params: { ...params, query: { search } } })),
    placeholderData: keepPreviousData,
    select: (found) => found.items,
  });
}
