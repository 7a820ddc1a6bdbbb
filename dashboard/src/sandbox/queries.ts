import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { read } from "../api/client";
import type { Mail, MailPage, Page, Phone, Push } from "../api/types";

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
