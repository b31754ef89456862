import { keepPreviousData, type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Rows } from './grid.types.ts';

export interface Window {
  limit: number;
  after?: string;
  /** Counting is asked for once per list, with the first window. */
  total: boolean;
}

export interface Page<Row> {
  items: Row[];
  next?: string | null;
  total?: number | null;
}

interface WindowsOptions<Row> {
  queryKey: QueryKey;
  load(window: Window, signal: AbortSignal): Promise<Page<Row>>;
  limit?: number;
  /** Milliseconds; for lists without live events. */
  refetchInterval?: number;
}

/** A long list, fetched window by window as the reader gets there. */
export function useWindows<Row>({
  queryKey,
  load,
  limit = 200,
  refetchInterval,
}: WindowsOptions<Row>): Rows<Row> {
  const query = useInfiniteQuery({
    queryKey,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) =>
      load({ limit, total: pageParam === undefined, ...(pageParam && { after: pageParam }) }, signal),
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval,
  });
  const items = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  return {
    items,
    total: query.data?.pages[0]?.total ?? null,
    isPending: query.isPending,
    isStale: query.isPlaceholderData,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void (query.isFetchingNextPage || query.fetchNextPage()),
    reload: () => void query.refetch(),
  };
}

/** Rows that are all here already. */
export const allRows = <Row>(items: readonly Row[], rest: Partial<Rows<Row>> = {}): Rows<Row> => ({
  items,
  total: items.length,
  isPending: false,
  isStale: false,
  error: null,
  hasMore: false,
  isLoadingMore: false,
  loadMore: () => undefined,
  reload: () => undefined,
  ...rest,
});
