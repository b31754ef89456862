/** Received documents: the list, its counts, and how both follow the server. */
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { dataOf, type LiveState, useLatest, useLive } from '@valero/ui';
import { useWindows } from '@valero/ui/grid';
import { useEffect, useRef } from 'react';
import { beleg, type DocumentOut, type DocumentState } from '../api.ts';

export const DOCUMENTS = ['fibu', 'documents'] as const;

export interface DocumentFilter {
  state: DocumentState | 'all';
  words: string;
}

const SETTLE_MILLISECONDS = 250;
/** The proposal follows the document by way of an event between services. */
const PROPOSAL_MILLISECONDS = 1_500;

export const useDocuments = ({ state, words }: DocumentFilter) =>
  useWindows<DocumentOut>({
    queryKey: [...DOCUMENTS, 'list', state, words],
    load: (window, signal) =>
      dataOf(
        beleg.GET('/api/beleg/documents', {
          params: { query: { ...window, ...(state !== 'all' && { state }), ...(words && { q: words }) } },
          signal,
        }),
      ),
  });

export const countQuery = (state: DocumentState) =>
  queryOptions({
    queryKey: [...DOCUMENTS, 'count', state],
    queryFn: async ({ signal }) => {
      const page = await dataOf(
        beleg.GET('/api/beleg/documents', { params: { query: { state, limit: 1, total: true } }, signal }),
      );
      return page.total ?? page.items.length;
    },
    placeholderData: keepPreviousData,
  });

export const documentQuery = (id: string) =>
  queryOptions({
    queryKey: [...DOCUMENTS, 'one', id],
    queryFn: ({ signal }) =>
      dataOf(
        beleg.GET('/api/beleg/documents/{document_id}', { params: { path: { document_id: id } }, signal }),
      ),
  });

export const useDocument = (id: string) => useQuery(documentQuery(id));

/** What changes on the server appears by itself; a burst of changes is fetched once. */
export function useDocumentStream(): LiveState {
  const client = useQueryClient();
  const documents = useSettled(SETTLE_MILLISECONDS, () => client.invalidateQueries({ queryKey: DOCUMENTS }));
  const proposals = useSettled(PROPOSAL_MILLISECONDS, () =>
    client.invalidateQueries({ queryKey: ['fibu', 'proposal'] }),
  );
  const refresh = () => {
    documents();
    proposals();
  };
  return useLive('/api/beleg/stream', {
    onEvent: refresh,
    onState: (state) => {
      if (state === 'live') refresh();
    },
  });
}

/** Runs once after a burst of calls, when none came for so many milliseconds. */
function useSettled(milliseconds: number, run: () => unknown): () => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useLatest(run);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    clearTimeout(timer.current);
    timer.current = setTimeout(latest, milliseconds);
  };
}
