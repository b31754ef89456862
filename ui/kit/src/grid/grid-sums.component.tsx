import type { Column } from './grid.types.ts';

interface GridSumsProps<Row> {
  columns: readonly Column<Row>[];
  template: string;
  rowIndex: number;
  hasSelection: boolean;
}

/** The sums of the columns, always in sight. */
export function GridSums<Row>({ columns, template, rowIndex, hasSelection }: GridSumsProps<Row>) {
  return (
    <div role="rowgroup" className="v-grid-sums">
      <div
        role="row"
        aria-rowindex={rowIndex}
        className="v-grid-row"
        style={{ gridTemplateColumns: template }}
      >
        {hasSelection && <div role="gridcell" aria-colindex={1} />}
        {columns.map((column, index) => (
          <div
            key={column.id}
            role="gridcell"
            aria-colindex={index + (hasSelection ? 2 : 1)}
            className={column.align === 'right' ? 'v-right' : undefined}
          >
            {column.sum}
          </div>
        ))}
      </div>
    </div>
  );
}
