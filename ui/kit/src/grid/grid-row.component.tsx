import { type MouseEvent, memo, type ReactNode } from 'react';
import { Icon } from '../icons/icon.component.tsx';
import type { Column } from './grid.types.ts';

export interface GridRowProps<Row> {
  row: Row;
  index: number;
  gridId: string;
  columns: readonly Column<Row>[];
  /** Instead of columns, on phones. */
  compact?: ((row: Row) => ReactNode) | undefined;
  template: string;
  top: number;
  height: number;
  /** The column of the active cell if it is in this row. */
  activeColumn: number | null;
  selected: boolean | null;
  canSelect: boolean;
  isCurrent: boolean;
  isOpenable: boolean;
  onClick(index: number, column: number, event: MouseEvent): void;
  onCheck(index: number, event: MouseEvent): void;
}

export const cellId = (gridId: string, row: number, column: number): string => `${gridId}-${row}-${column}`;

function GridRowCells<Row>(props: GridRowProps<Row>) {
  const { row, index, gridId, columns, compact, activeColumn, selected, canSelect } = props;
  const first = selected === null ? 1 : 2;
  const cells = compact ? [{ id: 'compact', cell: compact, align: undefined }] : columns;
  const classes = [
    'v-grid-row',
    selected && 'is-selected',
    activeColumn !== null && 'is-active',
    props.isCurrent && 'is-current',
    props.isOpenable && 'is-openable',
  ];
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected ?? undefined}
      aria-current={props.isCurrent || undefined}
      className={classes.filter(Boolean).join(' ')}
      style={{
        gridTemplateColumns: props.template,
        height: props.height,
        transform: `translateY(${props.top}px)`,
      }}
    >
      {selected !== null && (
        <div
          role="gridcell"
          aria-colindex={1}
          className="v-grid-check"
          onClick={(event) => props.onCheck(index, event)}
        >
          {canSelect && (
            <span className={selected ? 'v-box is-checked' : 'v-box'} aria-hidden>
              {selected && <Icon name="check" size={12} />}
            </span>
          )}
        </div>
      )}
      {cells.map((column, position) => (
        <div
          key={column.id}
          id={cellId(gridId, index, position)}
          role="gridcell"
          aria-colindex={position + first}
          className={cellClass(column.align, activeColumn === position, Boolean(compact))}
          onClick={(event) => props.onClick(index, position, event)}
        >
          {column.cell(row)}
        </div>
      ))}
    </div>
  );
}

const cellClass = (align: 'right' | undefined, isActive: boolean, isCompact: boolean): string =>
  [align === 'right' && 'v-right', isActive && 'is-active-cell', isCompact && 'v-grid-compact']
    .filter(Boolean)
    .join(' ');

export const GridRow = memo(GridRowCells) as typeof GridRowCells;
