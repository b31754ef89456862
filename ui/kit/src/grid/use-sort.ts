import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { Column, Rows, Sort } from './grid.types.ts';

const WORDS = new Intl.Collator('de', { numeric: true });
const PARAMETER = 'sort';

/** Sorting of completely loaded lists; the choice stands in the URL as ?sort=name or ?sort=-name. */
export function useSort<Row>(rows: Rows<Row>, columns: readonly Column<Row>[]) {
  const [search, setSearch] = useSearchParams();
  const chosen = search.get(PARAMETER) ?? '';
  const sort: Sort | null = chosen
    ? { column: chosen.replace(/^-/, ''), descending: chosen.startsWith('-') }
    : null;
  const by = columns.find(({ id }) => id === sort?.column)?.sortBy;
  const items = useMemo(
    () => (by && !rows.hasMore ? sorted(rows.items, by, chosen.startsWith('-')) : rows.items),
    [rows.items, rows.hasMore, by, chosen],
  );

  /** Ascending, descending, as delivered. */
  const toggle = (column: string) =>
    setSearch(
      (current) => {
        const next = new URLSearchParams(current);
        if (chosen === column) next.set(PARAMETER, `-${column}`);
        else if (chosen === `-${column}`) next.delete(PARAMETER);
        else next.set(PARAMETER, column);
        return next;
      },
      { replace: true },
    );

  return { items, sort: by ? sort : null, toggle };
}

function sorted<Row>(items: readonly Row[], by: (row: Row) => string | bigint, descending: boolean): Row[] {
  const direction = descending ? -1 : 1;
  return items.toSorted((left, right) => direction * order(by(left), by(right)));
}

function order(left: string | bigint, right: string | bigint): number {
  if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : Number(left > right);
  return WORDS.compare(String(left), String(right));
}
