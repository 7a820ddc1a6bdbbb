/** The foot of a list read by cursor. */
import { Button, Center } from "@mantine/core";
import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import type { Page } from "../api/types";
import { useSpeech } from "../words/words";

export type Pages<T> = UseInfiniteQueryResult<InfiniteData<Page<T>>>;

export function itemsOf<T>(query: Pages<T>): T[] {
  return query.data?.pages.flatMap((page) => page.items) ?? [];
}

type Growing = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => Promise<unknown> };

export function More({ query }: { query: Growing }) {
  const { w } = useSpeech();
  if (!query.hasNextPage) return null;
  return (
    <Center py="md">
      <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
        {w.common.more}
      </Button>
    </Center>
  );
}
