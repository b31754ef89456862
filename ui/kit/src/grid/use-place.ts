import type { Virtualizer } from '@tanstack/react-virtual';
import { useEffect } from 'react';
import { useLatest } from '../page/use-latest.ts';
import type { Cursor } from './grid.types.ts';

interface Place {
  cursor: Cursor;
  scroll: number;
}

/** Where the reader was in each list, so that the way back leads to the same row. */
const places = new Map<string, Place>();

export const placeOf = (key: string): Place | undefined => places.get(key);

export function useRememberedPlace(
  key: string,
  cursor: Cursor,
  virtual: Virtualizer<HTMLDivElement, Element>,
): void {
  const remember = useLatest(() => places.set(key, { cursor, scroll: virtual.scrollOffset ?? 0 }));
  useEffect(() => () => void remember(), [remember]);
}
