import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { type DocumentFilter, useDocuments } from '../inbox/documents.resource.ts';

interface Neighbours {
  previous?: string | undefined;
  next?: string | undefined;
  /** From 1; 0 when the document is not in the list. */
  position: number;
  total: number;
}

/**
 * The documents before and after this one in the list it was opened from. A document that leaves
 * the list by being booked keeps its place, so that "next" still leads on.
 */
export function useNeighbours(documentId: string): Neighbours {
  const [search] = useSearchParams();
  const state = (search.get('state') ?? 'received') as DocumentFilter['state'];
  const { items, total } = useDocuments({ state, words: search.get('q') ?? '' });
  const ids = items.map(({ id }) => id);
  const index = ids.indexOf(documentId);
  const [last, setLast] = useState<{ index: number; next?: string | undefined }>({ index: -1 });
  if (index >= 0 && (index !== last.index || ids[index + 1] !== last.next))
    setLast({ index, next: ids[index + 1] });

  if (index >= 0)
    return {
      previous: ids[index - 1],
      next: ids[index + 1],
      position: index + 1,
      total: total ?? ids.length,
    };
  const place = last.next ? ids.indexOf(last.next) : -1;
  return {
    previous: place > 0 ? ids[place - 1] : undefined,
    next: place >= 0 ? last.next : ids[0],
    position: 0,
    total: ids.length,
  };
}
