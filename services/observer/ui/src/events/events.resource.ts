/** What happened, newest first; the stream puts new events in front. */
import { type InfiniteData, type QueryClient, useInfiniteQuery } from '@tanstack/react-query';
import { dataOf } from '@valero/ui';
import { type EventOut, observer } from '../api.ts';

interface EventPage {
  items: EventOut[];
  next?: string | null;
}

const EVENTS = ['observer', 'events'] as const;
const PAGE_SIZE = 40;

/** `service`: only its events; all without. */
export const useEvents = (service: string | null) =>
  useInfiniteQuery({
    queryKey: [...EVENTS, service],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }): Promise<EventPage> =>
      dataOf(
        observer.GET('/api/observer/events', {
          params: {
            query: { limit: PAGE_SIZE, ...(service && { service }), ...(pageParam && { after: pageParam }) },
          },
          signal,
        }),
      ),
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: 60_000,
  });

export function withEvent(client: QueryClient, event: EventOut): void {
  for (const service of [null, event.service])
    client.setQueryData<InfiniteData<EventPage>>([...EVENTS, service], (before) => {
      const [first, ...rest] = before?.pages ?? [];
      if (!before || !first || first.items.some(({ id }) => id === event.id)) return before;
      return { ...before, pages: [{ ...first, items: [event, ...first.items] }, ...rest] };
    });
}
