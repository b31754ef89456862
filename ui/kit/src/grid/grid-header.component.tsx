import { type PointerEvent, useRef } from 'react';
import { Icon } from '../icons/icon.component.tsx';
import { kitTexts } from '../texts/kit-texts.ts';
import type { Column, Sort } from './grid.types.ts';

interface GridHeaderProps<Row> {
  columns: readonly Column<Row>[];
  template: string;
  sort: Sort | null;
  canSort: boolean;
  selection?: { isAll: boolean; isSome: boolean; toggleAll(): void } | undefined;
  onSort(column: string): void;
  onResize(column: string, pixels: number): void;
  onResetWidth(column: string): void;
}

export function GridHeader<Row>({ columns, template, selection, ...props }: GridHeaderProps<Row>) {
  const t = kitTexts.use();
  return (
    <div role="rowgroup" className="v-grid-head">
      <div role="row" aria-rowindex={1} className="v-grid-row" style={{ gridTemplateColumns: template }}>
        {selection && (
          <div role="columnheader" aria-colindex={1} aria-label={t('gridSelection')} className="v-grid-check">
            <input
              type="checkbox"
              tabIndex={-1}
              aria-label={t('gridSelectAll')}
              checked={selection.isAll}
              ref={(box) => {
                if (box) box.indeterminate = selection.isSome && !selection.isAll;
              }}
              onChange={selection.toggleAll}
            />
          </div>
        )}
        {columns.map((column, index) => (
          <HeaderCell key={column.id} column={column} index={index + (selection ? 2 : 1)} {...props} />
        ))}
      </div>
    </div>
  );
}

interface HeaderCellProps<Row> extends Omit<GridHeaderProps<Row>, 'columns' | 'template' | 'selection'> {
  column: Column<Row>;
  index: number;
}

function HeaderCell<Row>({
  column,
  index,
  sort,
  canSort,
  onSort,
  onResize,
  onResetWidth,
}: HeaderCellProps<Row>) {
  const cell = useRef<HTMLDivElement>(null);
  const isSortable = canSort && Boolean(column.sortBy);
  const isSorted = sort?.column === column.id;
  const direction = sort?.descending ? 'descending' : 'ascending';

  const drag = (event: PointerEvent<HTMLSpanElement>) => {
    const start = event.clientX;
    const width = cell.current?.offsetWidth ?? column.width;
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const resize = (moved: globalThis.PointerEvent) => onResize(column.id, width + moved.clientX - start);
    handle.addEventListener('pointermove', resize);
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', resize), {
      once: true,
    });
  };

  return (
    <div
      ref={cell}
      role="columnheader"
      aria-colindex={index}
      aria-sort={isSortable ? (isSorted ? direction : 'none') : undefined}
      className={column.align === 'right' ? 'v-right' : undefined}
    >
      {isSortable ? (
        <button type="button" tabIndex={-1} className="v-grid-sort" onClick={() => onSort(column.id)}>
          {column.header}
          <Icon
            size={12}
            name={isSorted ? (sort?.descending ? 'chevronDown' : 'chevronUp') : 'chevronsUpDown'}
          />
        </button>
      ) : (
        <span>{column.header}</span>
      )}
      <span
        className="v-grid-resize"
        aria-hidden
        onPointerDown={drag}
        onDoubleClick={() => onResetWidth(column.id)}
      />
    </div>
  );
}
