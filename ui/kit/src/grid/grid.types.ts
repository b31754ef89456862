import type { ReactNode } from 'react';

export interface Column<Row> {
  id: string;
  header: string;
  cell(row: Row): ReactNode;
  /** Pixels; the least width if the column may grow. */
  width: number;
  /** Share of the free width. */
  grow?: number;
  align?: 'right';
  /** Offers sorting as long as all rows are loaded. */
  sortBy?(row: Row): string | bigint;
  /** What stands in the sum row. */
  sum?: ReactNode;
}

/** Rows as a page gets them from the server, window by window. */
export interface Rows<Row> {
  items: readonly Row[];
  /** Number of rows on the server, if it was asked. */
  total: number | null;
  isPending: boolean;
  /** Old rows are shown while rows for another filter are on their way. */
  isStale: boolean;
  error: unknown;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore(): void;
  reload(): void;
}

export interface Selection<Row> {
  ids: ReadonlySet<string>;
  onChange(ids: ReadonlySet<string>): void;
  /** Rows that cannot be chosen have no box. */
  canSelect?(row: Row): boolean;
}

export interface Cursor {
  row: number;
  column: number;
}

export interface Sort {
  column: string;
  descending: boolean;
}
