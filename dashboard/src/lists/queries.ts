import { useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import { useApp } from "../shell/app";

export function useList(list: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["list", id, list],
    queryFn: () =>
      take(server.GET("/api/v1/apps/{app}/lists/{list_id}", { params: { path: { app: id, list_id: list } } })),
  });
}

/** How many people are on each list. */
export function useListSizes() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["lists", id, "sizes"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/lists/sizes", { params: { path: { app: id } } })),
    select: (found) => new Map(found.items.map((one) => [one.list_id, one.people])),
  });
}

/** The segments that ask for a list. */
export function useListDependents(list: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["list", id, list, "dependents"],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/lists/{list_id}/dependents", { params: { path: { app: id, list_id: list } } }),
      ),
    select: (found) => found.items,
  });
}
