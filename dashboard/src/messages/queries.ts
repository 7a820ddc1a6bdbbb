import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { server, take } from "../api/client";
import type { Message, Money, Outcome } from "../api/types";
import { useMessagesReport } from "../overview/queries";
import { useApp } from "../shell/app";

export function useMessages() {
  const { id } = useApp();
  return useQuery({
    queryKey: ["messages", id],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/messages", {
          params: { path: { app: id }, query: { limit: 200, archived: true } },
        }),
      ),
    select: (page) => page.items,
  });
}

const figures = [
  "sent",
  "reached",
  "aimed",
  "delivered",
  "opened",
  "clicked",
  "dismissed",
  "converted",
  "direct",
  "unsubscribed",
  "bounced",
  "failed",
  "unknown",
  "skipped",
  "waiting",
] as const;

function together(a: Outcome, b: Outcome): Outcome {
  const sum = { ...a, revenues: moneyTogether(a.revenues, b.revenues) } as { [name: string]: unknown };
  for (const name of figures) sum[name] = a[name] === null && b[name] === null ? null : (a[name] ?? 0) + (b[name] ?? 0);
  return sum as Outcome;
}

function moneyTogether(a: Money[], b: Money[]): Money[] {
  const sums = new Map<string, number>();
  for (const { currency, amount } of [...a, ...b]) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return [...sums].map(([currency, amount]) => ({ currency, amount }));
}

/** What every message came to, all journeys and nodes together, by message. */
export function useOutcomes(): Map<number, Outcome> {
  const report = useMessagesReport().data;
  return useMemo(() => {
    const found = new Map<number, Outcome>();
    for (const { message_id, outcome } of report?.messages ?? []) {
      const before = found.get(message_id);
      found.set(message_id, before ? together(before, outcome) : outcome);
    }
    return found;
  }, [report]);
}

export function useMessage(message: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["message", id, message],
    queryFn: () =>
      take(server.GET("/api/v1/apps/{app}/messages/{message}", { params: { path: { app: id, message } } })),
  });
}

export function useMessageDeliveries(message: number) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["deliveries", id, message],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/deliveries", { params: { path: { app: id }, query: { message, limit: 10 } } }),
      ),
    refetchInterval: 5_000,
  });
}

/** The message in each of its languages, filled up where translations leave something out; asked for only where there are any. */
export function useWordings(message: Message) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["wordings", id, message.id, message.version],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/messages/{message}/wordings", {
          params: { path: { app: id, message: message.id } },
        }),
      ),
    select: ({ wordings }) => wordings,
    enabled: isTranslated(message),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export const isTranslated = (message: Message) => Object.keys(message.translations).length > 0;

/** The message filled in for a person, in all its languages; nothing is asked while there is none. */
export function useFilled(
  message: Message,
  person: number | null,
  event: string | { [name: string]: unknown } | undefined,
) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["filled", id, message.id, message.version, person, event],
    queryFn: () =>
      take(
        server.POST("/api/v1/apps/{app}/messages/{message}/preview", {
          params: { path: { app: id, message: message.id } },
          body: { person, event: event ?? {}, all_languages: isTranslated(message) },
        }),
      ),
    enabled: person !== null,
    placeholderData: (before) => (before?.person_id === person ? before : undefined),
  });
}

/** What was sent in last from outside, by one person or (null) by anybody, for filling in messages; each id once. */
export function useRecentEvents(person: number | null) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["events", id, "recent", person],
    queryFn: () =>
      take(
        server.GET("/api/v1/apps/{app}/events", {
          params: { path: { app: id }, query: { limit: 200, ...(person === null ? {} : { person }) } },
        }),
      ),
    select: ({ items }) =>
      [...new Map(items.filter((one) => one.kind === "track").map((one) => [one.message_id, one])).values()].slice(
        0,
        50,
      ),
  });
}

/** What a delivery said; it never changes. */
export function useSentContent(delivery: string) {
  const { id } = useApp();
  return useQuery({
    queryKey: ["sent content", id, delivery],
    queryFn: () =>
      take(server.GET("/api/v1/apps/{app}/deliveries/{delivery}/content", { params: { path: { app: id, delivery } } })),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

/** A message's name by its id, for lists that only carry the id. */
export function useMessageName(): (message: number) => string | undefined {
  const messages = useMessages().data;
  return useMemo(() => {
    const names = new Map(messages?.map((one) => [one.id, one.name]));
    return (message) => names.get(message);
  }, [messages]);
}
