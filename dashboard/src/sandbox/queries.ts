import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { read } from "../api/client";
import type { Mail, MailPage, Page, Phone, Push, ReceivedWebhook, TextMessage } from "../api/types";

const cursor = { initialPageParam: null as string | null, getNextPageParam: (last: Page<unknown>) => last.next };

export function usePhones() {
  return useInfiniteQuery({
    queryKey: ["sandbox", "phones"],
    queryFn: ({ pageParam }) => read<Page<Phone>>("/sandbox/api/phones", { cursor: pageParam, limit: 200 }),
    refetchInterval: 4_000,
    ...cursor,
  });
}

/** What came to a phone; asked again when the list says that more has come. */
export function usePushes(phone: Phone) {
  return useQuery({
    queryKey: ["sandbox", "pushes", phone.name, phone.last_received_at, phone.pushes],
    queryFn: () => read<Page<Push>>(`/sandbox/api/phones/${encodeURIComponent(phone.name)}/pushes`, { limit: 20 }),
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
}

/** The texts to and from a phone; asked again when the list says that more has come. */
export function useTexts(phone: Phone) {
  return useQuery({
    queryKey: ["sandbox", "texts", phone.name, phone.last_received_at, phone.texts],
    queryFn: () =>
      read<Page<TextMessage>>(`/sandbox/api/phones/${encodeURIComponent(phone.name)}/texts`, { limit: 20 }),
    enabled: phone.texts > 0,
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
}

async function posted(path: string, body?: unknown): Promise<void> {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: body === undefined ? null : JSON.stringify(body) });
  await answer.text(); // what is not read keeps the request open
  if (!answer.ok) throw new Error(String(answer.status));
}

/** Write back to a text, as whoever holds the phone. */
export function useAnswer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ text, words }: { text: number; words: string }) =>
      posted(`/sandbox/api/texts/${text}/answer`, { text: words }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["sandbox"] }),
  });
}

/** Tell the server what became of a push, as the app on the phone does. The address may name the server by another name. */
export function reported(receipt: string): Promise<void> {
  return posted(new URL(receipt).pathname);
}

export function useReceivedWebhooks() {
  return useInfiniteQuery({
    queryKey: ["sandbox", "webhooks"],
    queryFn: ({ pageParam }) => read<Page<ReceivedWebhook>>("/sandbox/api/webhooks", { cursor: pageParam }),
    refetchInterval: 4_000,
    ...cursor,
  });
}

export function useMails(search: string) {
  return useInfiniteQuery({
    queryKey: ["sandbox", "mails", search],
    queryFn: ({ pageParam }) => read<Page<Mail>>("/sandbox/api/mail", { search, cursor: pageParam }),
    refetchInterval: 4_000,
    ...cursor,
  });
}

export function useMail(mail: number | null) {
  return useQuery({
    queryKey: ["sandbox", "mail", mail],
    queryFn: () => read<MailPage>(`/sandbox/api/mail/${mail}`),
    enabled: mail !== null,
    staleTime: Infinity,
  });
}
