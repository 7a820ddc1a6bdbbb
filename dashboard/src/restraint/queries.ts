import { useQuery } from "@tanstack/react-query";
import { server, take } from "../api/client";
import { useApp } from "../shell/app";

export function useCaps(enabled = true) {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["caps", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/caps", { params })),
    enabled,
  });
}

export function useQuietHours() {
  const { id, params } = useApp();
  return useQuery({
    queryKey: ["quiet-hours", id],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/quiet-hours", { params })),
  });
}

/** The program's own table; it stays what it is while the program runs. */
export function useCountryHours() {
  const { params } = useApp();
  return useQuery({
    queryKey: ["country-hours"],
    queryFn: () => take(server.GET("/api/v1/apps/{app}/country-hours", { params })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
