import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import type { Page } from "../api/types";
import { useApp } from "../shell/app";

const cursor = {
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (last: Page<unknown>) => last.next ?? undefined,
};
const often = 10_000;

/** An alias is written kind:value; anything else is looked for as the beginning of an id or address. */
function filter(text: string): { alias?: string; search?: string } {
  if (text === "") return {};
  return /^[\w-]+:.+/.test(text) ? { alias: text } : { search: text };
}

export function usePeople(text: string) {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["people", id, text],
    queryFn: ({ pageParam }) =>
      take(
        server.GET("/api/v1/apps/{app}/people", {
          params: { path: { app: id }, query: { ...filter(text), cursor: pageParam, limit: 50 } },
        }),
      ),
    placeholderData: keepPreviousData,
    ...cursor,
  });
}

function usePath(person: number) {
  const { id } = useApp();
  return { id, params: { path: { app: id, person } } };
}

export function usePerson(person: number) {
  const { id, params } = usePath(person);
  return useQuery({
    queryKey: ["person", id, person],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/people/{person}", { params })),
    refetchInterval: often,
  });
}

/** The same person for a list: read once, not kept up to date. */
export function useWho(person: number) {
  const { id, params } = usePath(person);
  return useQuery({
    queryKey: ["person", id, person],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/people/{person}", { params })),
    staleTime: 60_000,
    retry: false,
  });
}

export function useMemberships(person: number) {
  const { id, params } = usePath(person);
  return useQuery({
    queryKey: ["person", id, person, "memberships"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/people/{person}/memberships", { params })),
    refetchInterval: often,
  });
}

export function usePersonLists(person: number) {
  const { id, params } = usePath(person);
  return useQuery({
    queryKey: ["person", id, person, "lists"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/people/{person}/lists", { params })),
    refetchInterval: often,
  });
}

export function usePersonRuns(person: number) {
  const { id, params } = usePath(person);
  return useQuery({
    queryKey: ["person", id, person, "runs"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/people/{person}/runs", { params })),
    refetchInterval: often,
  });
}

export function useMissedEntries(person: number) {
  const { id, params } = usePath(person);
  return useQuery({
    queryKey: ["person", id, person, "missed"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/people/{person}/missed-entries", { params })),
    refetchInterval: often,
  });
}

export function usePersonDeliveries(person: number) {
  const { id, params } = usePath(person);
  return useQuery({
    queryKey: ["person", id, person, "deliveries"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/people/{person}/deliveries", { params })),
    refetchInterval: often,
  });
}

export function useConsentRecords(person: number) {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["person", id, person, "consents"],
    queryFn: ({ pageParam }) =>
      take(
        server.GET("/api/v1/apps/{app}/people/{person}/consents", {
          params: { path: { app: id, person }, query: { cursor: pageParam, limit: 10 } },
        }),
      ),
    ...cursor,
  });
}

export function useTimeline(person: number) {
  const { id } = useApp();
  return useInfiniteQuery({
    queryKey: ["person", id, person, "timeline"],
    queryFn: ({ pageParam }) =>
      take(
        server.GET("/api/v1/apps/{app}/people/{person}/timeline", {
          params: { path: { app: id, person }, query: { cursor: pageParam, limit: 50 } },
        }),
      ),
    ...cursor,
  });
}
