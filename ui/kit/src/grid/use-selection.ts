import { useRef } from 'react';
import type { Selection } from './grid.types.ts';

const NONE: ReadonlySet<string> = new Set();

/** Choosing rows one by one, as a range from the last one touched, and all at once. */
export function useSelection<Row>(
  selection: Selection<Row> | undefined,
  items: readonly Row[],
  rowId: (row: Row) => string,
) {
  const anchor = useRef(0);
  const ids = selection?.ids ?? NONE;
  const canSelect = (row: Row) => selection?.canSelect?.(row) ?? Boolean(selection);
  const selectable = items.filter(canSelect);

  const toggle = (index: number) => {
    const row = items[index];
    anchor.current = index;
    if (!row || !canSelect(row)) return;
    const next = new Set(ids);
    if (!next.delete(rowId(row))) next.add(rowId(row));
    selection?.onChange(next);
  };

  const extendTo = (index: number) => {
    const [from, to] = [Math.min(anchor.current, index), Math.max(anchor.current, index)];
    selection?.onChange(
      new Set(
        items
          .slice(from, to + 1)
          .filter(canSelect)
          .map(rowId),
      ),
    );
  };

  const isAll = selectable.length > 0 && selectable.every((row) => ids.has(rowId(row)));

  return {
    ids,
    canSelect,
    isAll,
    toggle,
    extendTo,
    moveAnchor: (index: number) => {
      anchor.current = index;
    },
    all: () => selection?.onChange(new Set(selectable.map(rowId))),
    none: () => selection?.onChange(NONE),
    toggleAll: () => selection?.onChange(isAll ? NONE : new Set(selectable.map(rowId))),
  };
}
