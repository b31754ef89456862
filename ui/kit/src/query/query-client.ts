import { QueryClient } from '@tanstack/react-query';
import { onConnection } from '../api/connection.store.ts';
import { Problem } from '../api/problem.ts';

const RETRIES = 2;

/** The only cache of server state. Reads are retried when that may help, writes never. */
export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        networkMode: 'always',
        retry: (failures, error) => failures < RETRIES && error instanceof Problem && error.isTransient,
        retryDelay: (attempt) => 400 * 2 ** attempt,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
  onConnection((state) => {
    if (state === 'back') void client.invalidateQueries();
  });
  return client;
}
