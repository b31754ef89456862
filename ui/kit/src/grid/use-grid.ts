import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useId, useRef } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { useLatest } from '../page/use-latest.ts';
import { useNarrow } from '../page/use-narrow.ts';
import type { Column, Rows, Selection } from './grid.types.ts';
import { cellId } from './grid-row.component.tsx';
import { SELECTION_PIXELS, useColumnWidths } from './use-column-widths.ts';
import { useCursor } from './use-cursor.ts';
import { placeOf, useRememberedPlace } from './use-place.ts';
import { useSelection } from './use-selection.ts';
import { useSort } from './use-sort.ts';

export interface GridOptions<Row> {
  /** Unique and lasting: column widths and the position are remembered under it. */
  name: string;
  columns: readonly Column<Row>[];
  rows: Rows<Row>;
  rowId(row: Row): string;
  /** Where a click or Enter on the row leads. */
  linkTo?(row: Row): string;
  selection?: Selection<Row> | undefined;
  /** One cell instead of columns on phones. */
  compact?(row: Row): ReactNode;
  /** The row that is open beside the grid. */
  currentId?: string | undefined;
  autoFocus?: boolean;
}

export const ROW_PIXELS = 38;
const COMPACT_ROW_PIXELS = 68;
const OVERSCAN = 12;

/** All that a grid knows and does, apart from how it looks. */
export function useGrid<Row>(options: GridOptions<Row>) {
  const { name, columns, rowId, rows } = options;
  const gridId = useId();
  const { search } = useLocation();
  const scroller = useRef<HTMLDivElement>(null);
  const place = `${name}${search}`;
  const remembered = placeOf(place);
  const isNarrow = useNarrow();
  const compact = isNarrow ? options.compact : undefined;
  const rowPixels = compact ? COMPACT_ROW_PIXELS : ROW_PIXELS;
  const { items, sort, toggle: toggleSort } = useSort(rows, columns);
  const selection = useSelection(options.selection, items, rowId);
  const widths = useColumnWidths(name, columns, Boolean(options.selection));

  const { cursor, move, handleKey } = useCursor({
    rowCount: items.length,
    columnCount: compact ? 1 : columns.length,
    pageSize: () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowPixels) - 2),
    reveal: (row) => virtual.scrollToIndex(row),
    initial: remembered?.cursor,
  });

  const virtual = useVirtualizer<HTMLDivElement, Element>({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPixels,
    overscan: OVERSCAN,
    initialOffset: remembered?.scroll ?? 0,
    scrollPaddingStart: compact ? 0 : rowPixels,
    scrollPaddingEnd: columns.some(({ sum }) => sum) ? rowPixels : 0,
    // the row of the cursor stays in the document, for aria-activedescendant
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), cursor.row])]
        .filter((index) => index < items.length)
        .sort((left, right) => left - right),
  });

  useEffect(() => virtual.measure(), [rowPixels]);
  useMoreRows(rows, virtual.range?.endIndex ?? 0);
  useRememberedPlace(place, cursor, virtual);
  useEffect(() => {
    if (options.autoFocus ?? remembered) scroller.current?.focus({ preventScroll: true });
  }, []);

  const open = useOpening(items, options.linkTo);
  const click = useLatest((index: number, column: number, event: MouseEvent) => {
    move(index, column);
    selection.moveAnchor(index);
    if (!window.getSelection()?.toString()) open(index, event);
  });
  const check = useLatest((index: number, event: MouseEvent) => {
    move(index, cursor.column);
    if (event.shiftKey) selection.extendTo(index);
    else selection.toggle(index);
  });
  const resizeBy = (index: number, pixels: number) => {
    const column = columns[index];
    const cell = document.getElementById(cellId(gridId, cursor.row, index));
    if (column && cell) widths.resize(column.id, cell.offsetWidth + pixels);
  };

  return {
    gridId,
    scroller,
    compact,
    rowPixels,
    items,
    cursor,
    virtual,
    widths,
    sort,
    toggleSort,
    selection,
    template: compact ? `${options.selection ? `${SELECTION_PIXELS}px ` : ''}1fr` : widths.template,
    click,
    check,
    press: (event: KeyboardEvent) =>
      handleKey(event, { ...selection, hasSelection: selection.ids.size > 0, open, resizeBy }),
  };
}

export type Grid<Row> = ReturnType<typeof useGrid<Row>>;

/** Asks for the next window when the reader comes near the end of what is loaded. */
function useMoreRows<Row>(rows: Rows<Row>, lastVisible: number): void {
  const canLoad = rows.hasMore && !rows.isLoadingMore && rows.error === null;
  const isWanted = canLoad && lastVisible >= rows.items.length - OVERSCAN;
  useEffect(() => {
    if (isWanted) rows.loadMore();
  }, [isWanted]);
}

function useOpening<Row>(items: readonly Row[], linkTo: ((row: Row) => string) | undefined) {
  const navigate = useNavigate();
  return (index: number, event?: MouseEvent) => {
    const row = items[index];
    if (row === undefined || !linkTo) return;
    if (event?.ctrlKey || event?.metaKey) window.open(linkTo(row), '_blank', 'noopener');
    else void navigate(linkTo(row));
  };
}
