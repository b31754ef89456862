/** Posted entries: the journal, one of them, and reversing it. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { type Day, dataOf, newKey } from '@valero/ui';
import { useWindows } from '@valero/ui/grid';
import { useState } from 'react';
import { type EntryOut, fibu } from '../api.ts';

export interface JournalFilter {
  words: string;
  account: string;
  from: Day | '';
  to: Day | '';
}

export const useEntries = ({ words, account, from, to }: JournalFilter) =>
  useWindows<EntryOut>({
    queryKey: ['fibu', 'journal', 'list', words, account, from, to],
    load: (window, signal) =>
      dataOf(
        fibu.GET('/api/fibu/entries', {
          params: {
            query: {
              ...window,
              ...(words && { q: words }),
              ...(account && { account }),
              ...(from && { from }),
              ...(to && { to }),
            },
          },
          signal,
        }),
      ),
  });

export const entryQuery = (id: string) =>
  queryOptions({
    queryKey: ['fibu', 'journal', 'one', id],
    queryFn: ({ signal }) =>
      dataOf(fibu.GET('/api/fibu/entries/{entry_id}', { params: { path: { entry_id: id } }, signal })),
  });

interface Reversal {
  postedOn: Day;
  reason: string;
}

export function useReversal(entryId: string) {
  const client = useQueryClient();
  const [key] = useState(newKey);
  return useMutation({
    mutationFn: ({ postedOn, reason }: Reversal) =>
      dataOf(
        fibu.POST('/api/fibu/entries/{entry_id}/reversal', {
          params: {
            path: { entry_id: entryId },
            header: { 'Idempotency-Key': `${key}-${postedOn}-${reason}` },
          },
          body: { posted_on: postedOn, ...(reason && { text: reason }) },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: ['fibu'] }),
  });
}
