/** The chart of accounts: look-up while typing, and the name that belongs to a number. */
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { dataOf } from '@valero/ui';
import { useWindows } from '@valero/ui/grid';
import { type AccountOut, fibu } from '../api.ts';

const CHART_MILLISECONDS = 5 * 60_000;
const SUGGESTIONS = 20;

export const useAccounts = (words: string) =>
  useWindows<AccountOut>({
    queryKey: ['fibu', 'accounts', 'list', words],
    load: (window, signal) =>
      dataOf(
        fibu.GET('/api/fibu/accounts', {
          params: { query: { ...window, ...(words && { q: words }) } },
          signal,
        }),
      ),
  });

/** Accounts whose number begins with, or whose name contains, what was typed. */
export const suggestionsQuery = (words: string) =>
  queryOptions({
    queryKey: ['fibu', 'accounts', 'suggestions', words],
    queryFn: async ({ signal }): Promise<AccountOut[]> => {
      const query = { limit: SUGGESTIONS, ...(words && { q: words }) };
      return (await dataOf(fibu.GET('/api/fibu/accounts', { params: { query }, signal }))).items;
    },
    staleTime: CHART_MILLISECONDS,
    placeholderData: keepPreviousData,
  });

/** undefined while loading, null if there is no such account. */
export function useAccount(number: string): AccountOut | null | undefined {
  const { data, isPlaceholderData } = useQuery({ ...suggestionsQuery(number), enabled: number !== '' });
  if (number === '' || isPlaceholderData) return undefined;
  return data && (data.find((account) => account.number === number) ?? null);
}
