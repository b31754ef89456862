/** The entry that is proposed for a document, and posting it. */
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { dataOf, newKey, Problem } from '@valero/ui';
import { useRef } from 'react';
import { beleg, type EntryIn, type EntryOut, fibu, type ProposalOut } from '../api.ts';
import { DOCUMENTS } from '../inbox/documents.resource.ts';

const ARRIVING_MILLISECONDS = 800;
const ARRIVING_ATTEMPTS = 12;
const MOST_AT_A_GLANCE = 200;

export const fetchProposal = (documentId: string, signal?: AbortSignal): Promise<ProposalOut> =>
  dataOf(
    fibu.GET('/api/fibu/proposals/{document_id}', { params: { path: { document_id: documentId } }, signal }),
  );

export const proposalQuery = (documentId: string) =>
  queryOptions({
    queryKey: ['fibu', 'proposal', documentId],
    queryFn: ({ signal }) => fetchProposal(documentId, signal),
    // a document can be seen a moment before its proposal has been worked out
    retry: (failures, error) =>
      error instanceof Problem &&
      ((error.status === 404 && failures < ARRIVING_ATTEMPTS) || (error.isTransient && failures < 2)),
    retryDelay: ARRIVING_MILLISECONDS,
  });

/** By document: what is proposed for those that wait, as far as a first glance goes. */
export const openProposalsQuery = queryOptions({
  queryKey: ['fibu', 'proposal', 'open'],
  queryFn: async ({ signal }): Promise<ReadonlyMap<string, ProposalOut>> => {
    const query = { state: 'open', limit: MOST_AT_A_GLANCE } as const;
    const { items } = await dataOf(fibu.GET('/api/fibu/proposals', { params: { query }, signal }));
    return new Map(items.map((proposal) => [proposal.document_id, proposal]));
  },
});

export const useProposal = (documentId: string, enabled: boolean) =>
  useQuery({ ...proposalQuery(documentId), enabled });

export const invoiceQuery = (documentId: string) =>
  queryOptions({
    queryKey: ['fibu', 'invoice', documentId],
    queryFn: ({ signal }) =>
      dataOf(
        beleg.GET('/api/beleg/documents/{document_id}/invoice', {
          params: { path: { document_id: documentId } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Books the document as proposed, or as `entry` says. The same key never books twice. */
export const postProposal = (documentId: string, key: string, entry?: EntryIn): Promise<EntryOut> =>
  dataOf(
    fibu.POST('/api/fibu/proposals/{document_id}/posting', {
      params: { path: { document_id: documentId }, header: { 'Idempotency-Key': key } },
      body: entry ? { entry } : {},
    }),
  );

const postByHand = (key: string, entry: EntryIn): Promise<EntryOut> =>
  dataOf(fibu.POST('/api/fibu/entries', { params: { header: { 'Idempotency-Key': key } }, body: entry }));

/**
 * Posting from the editor. The key belongs to what is sent: repeating the same is harmless, and a
 * corrected entry is a new request.
 */
export function usePosting(documentId: string, hasProposal: boolean) {
  const client = useQueryClient();
  const sent = useRef({ body: '', key: newKey() });
  return useMutation({
    mutationFn: (entry: EntryIn) => {
      const body = JSON.stringify(entry);
      if (sent.current.body !== body) sent.current = { body, key: newKey() };
      const { key } = sent.current;
      return hasProposal ? postProposal(documentId, key, entry) : postByHand(key, entry);
    },
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: DOCUMENTS }),
        client.invalidateQueries({ queryKey: ['fibu', 'proposal', documentId] }),
        client.invalidateQueries({ queryKey: ['fibu', 'journal'] }),
        client.invalidateQueries({ queryKey: ['fibu', 'balances'] }),
      ]);
    },
  });
}
