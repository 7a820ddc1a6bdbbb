import { useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import { useApp } from "../shell/app";

export function useProviders() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["providers", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/providers", { params })),
  });
}

/** Where messages leave on each channel. */
export function useProviderRoutes() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["provider-routes", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/providers/routes", { params })),
  });
}

/** The program's own; they stay what they are while it runs. */
export function useProviderTypes() {
  const { params } = useApp();
  return useQuery({
    queryKey: ["provider-types"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/providers/types", { params })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useProvider(provider: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["provider", id, provider],
    queryFn: () =>
      take(server.GET("/api/v1/apps/{app}/providers/{provider}", { params: { path: { app: id, provider } } })),
    enabled: Number.isFinite(provider),
  });
}

/** What a change of providers makes old. */
export const touchedBy = (id: number) => [
  ["providers", id],
  ["provider-routes", id],
  ["provider", id],
];
