/** The services as they are now, the stream that keeps them so, and restarting one. */
import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { dataOf, type LiveEvent, type LiveState, useLive } from '@valero/ui';
import { type EventOut, observer, type ServiceOut } from '../api.ts';
import { withEvent } from '../events/events.resource.ts';
import { withService, withSnapshot } from './merge.ts';

export const servicesQuery = queryOptions({
  queryKey: ['observer', 'services'],
  queryFn: async ({ signal }) => (await dataOf(observer.GET('/api/observer/services', { signal }))).items,
  staleTime: 60_000,
});

export function useServicesStream(): LiveState {
  const client = useQueryClient();
  return useLive('/api/observer/stream', { onEvent: (event) => take(client, event) });
}

function take(client: QueryClient, { type, data }: LiveEvent): void {
  const update = (change: (before: ServiceOut[]) => ServiceOut[]) =>
    client.setQueryData(servicesQuery.queryKey, (before) => before && change(before));
  if (type === 'service') update((before) => withService(before, JSON.parse(data) as ServiceOut));
  if (type === 'snapshot') {
    const { services } = JSON.parse(data) as { services: ServiceOut[] };
    update((before) => withSnapshot(before, services));
  }
  if (type === 'event') withEvent(client, JSON.parse(data) as EventOut);
}

export const useRestart = () =>
  useMutation({
    mutationFn: (instance: string) =>
      dataOf(observer.POST('/api/observer/services/{instance}/restart', { params: { path: { instance } } })),
  });
