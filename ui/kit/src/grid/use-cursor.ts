import { type KeyboardEvent, useEffect, useState } from 'react';
import type { Cursor } from './grid.types.ts';

interface CursorOptions {
  rowCount: number;
  columnCount: number;
  pageSize(): number;
  reveal(row: number): void;
  initial?: Cursor | undefined;
}

interface GridActions {
  open(row: number): void;
  toggle(row: number): void;
  extendTo(row: number): void;
  moveAnchor(row: number): void;
  all(): void;
  none(): void;
  hasSelection: boolean;
  resizeBy(column: number, pixels: number): void;
}

const RESIZE_PIXELS = 16;

/** The active cell and the keys of a spreadsheet. */
export function useCursor({ rowCount, columnCount, pageSize, reveal, initial }: CursorOptions) {
  const [cursor, setCursor] = useState<Cursor>(initial ?? { row: 0, column: 0 });

  useEffect(() => {
    setCursor((current) =>
      current.row < rowCount || rowCount === 0 ? current : { ...current, row: rowCount - 1 },
    );
  }, [rowCount]);

  const move = (row: number, column: number) => {
    const next = { row: within(row, rowCount), column: within(column, columnCount) };
    setCursor(next);
    reveal(next.row);
    return next.row;
  };

  function handleKey(event: KeyboardEvent, actions: GridActions): void {
    if (event.target !== event.currentTarget) return;
    const handled = moved(event, actions) || acted(event, actions);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  }

  function moved(event: KeyboardEvent, actions: GridActions): boolean {
    if (event.altKey) return false;
    const target = destination(event, cursor, rowCount, columnCount, pageSize);
    if (!target) return false;
    const row = move(target.row, target.column);
    if (event.shiftKey && row !== cursor.row) actions.extendTo(row);
    else actions.moveAnchor(row);
    return true;
  }

  function acted({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent, actions: GridActions): boolean {
    const keys: Record<string, (() => void) | false> = {
      Enter: !ctrlKey && !altKey && (() => actions.open(cursor.row)),
      ' ': () => (shiftKey ? actions.extendTo(cursor.row) : actions.toggle(cursor.row)),
      Escape: actions.hasSelection && (() => actions.none()),
      a: (ctrlKey || metaKey) && (() => actions.all()),
      ArrowRight: altKey && shiftKey && (() => actions.resizeBy(cursor.column, RESIZE_PIXELS)),
      ArrowLeft: altKey && shiftKey && (() => actions.resizeBy(cursor.column, -RESIZE_PIXELS)),
    };
    const action = keys[key];
    if (!action) return false;
    action();
    return true;
  }

  return { cursor, move, handleKey };
}

function destination(
  event: KeyboardEvent,
  { row, column }: Cursor,
  rowCount: number,
  columnCount: number,
  pageSize: () => number,
): Cursor | null {
  const isFar = event.ctrlKey || event.metaKey;
  switch (event.key) {
    case 'ArrowDown':
      return { row: isFar ? rowCount - 1 : row + 1, column };
    case 'ArrowUp':
      return { row: isFar ? 0 : row - 1, column };
    case 'ArrowRight':
      return { row, column: column + 1 };
    case 'ArrowLeft':
      return { row, column: column - 1 };
    case 'PageDown':
      return { row: row + pageSize(), column };
    case 'PageUp':
      return { row: row - pageSize(), column };
    case 'Home':
      return { row: isFar ? 0 : row, column: 0 };
    case 'End':
      return { row: isFar ? rowCount - 1 : row, column: columnCount - 1 };
    default:
      return null;
  }
}

const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
