import type { ReactNode } from 'react';
import { ErrorState, LoadingRows } from '../page/states.component.tsx';
import { GridHeader } from './grid-header.component.tsx';
import { cellId, GridRow } from './grid-row.component.tsx';
import { GridStatus } from './grid-status.component.tsx';
import { GridSums } from './grid-sums.component.tsx';
import { type Grid, type GridOptions, ROW_PIXELS, useGrid } from './use-grid.ts';

interface DataGridProps<Row> extends GridOptions<Row> {
  label: string;
  /** Shown instead of rows when there are none. */
  empty: ReactNode;
  /** At the end of the line below the rows. */
  status?: ReactNode;
}

/** A grid of any length, wholly usable by keyboard; only the visible rows are in the document. */
export function DataGrid<Row>(props: DataGridProps<Row>) {
  const { rows, empty } = props;
  if (rows.isPending) return <LoadingRows rows={12} height={ROW_PIXELS} />;
  if (rows.error !== null && rows.items.length === 0)
    return <ErrorState error={rows.error} onRetry={rows.reload} />;
  if (rows.items.length === 0) return empty;
  return <FilledGrid {...props} />;
}

function FilledGrid<Row>(props: DataGridProps<Row>) {
  const { label, columns, rows } = props;
  const grid = useGrid(props);
  const hasSelection = Boolean(props.selection);
  const hasSums = !grid.compact && columns.some(({ sum }) => sum);
  const headRows = grid.compact ? 0 : 1;
  return (
    <div className={rows.isStale ? 'v-grid is-stale' : 'v-grid'}>
      <div
        ref={grid.scroller}
        className="v-grid-scroll"
        role="grid"
        tabIndex={0}
        aria-label={label}
        aria-rowcount={rowCount(props) < 0 ? -1 : rowCount(props) + headRows + Number(hasSums)}
        aria-colcount={(grid.compact ? 1 : columns.length) + Number(hasSelection)}
        aria-multiselectable={hasSelection || undefined}
        aria-activedescendant={cellId(grid.gridId, grid.cursor.row, grid.cursor.column)}
        aria-busy={rows.isStale || rows.isLoadingMore}
        onKeyDown={grid.press}
      >
        <div style={{ minWidth: grid.compact ? undefined : grid.widths.minWidth }}>
          {!grid.compact && <Header grid={grid} options={props} />}
          <Body grid={grid} options={props} />
          {hasSums && (
            <GridSums
              columns={columns}
              template={grid.template}
              rowIndex={grid.items.length + 2}
              hasSelection={hasSelection}
            />
          )}
        </div>
      </div>
      <GridStatus rows={rows} selectedCount={grid.selection.ids.size}>
        {props.status}
      </GridStatus>
    </div>
  );
}

/** -1: nobody knows. */
const rowCount = <Row,>({ rows }: DataGridProps<Row>): number =>
  rows.hasMore ? (rows.total ?? -1) : rows.items.length;

interface PartProps<Row> {
  grid: Grid<Row>;
  options: DataGridProps<Row>;
}

const Header = <Row,>({ grid, options }: PartProps<Row>) => (
  <GridHeader
    columns={options.columns}
    template={grid.template}
    sort={grid.sort}
    canSort={!options.rows.hasMore}
    selection={
      options.selection && {
        isAll: grid.selection.isAll,
        isSome: grid.selection.ids.size > 0,
        toggleAll: grid.selection.toggleAll,
      }
    }
    onSort={grid.toggleSort}
    onResize={grid.widths.resize}
    onResetWidth={grid.widths.reset}
  />
);

function Body<Row>({ grid, options }: PartProps<Row>) {
  const { columns, rowId, linkTo } = options;
  return (
    <div role="rowgroup" className="v-grid-body" style={{ height: grid.virtual.getTotalSize() }}>
      {grid.virtual.getVirtualItems().map(({ index, start }) => {
        const row = grid.items[index];
        if (row === undefined) return null;
        return (
          <GridRow
            key={rowId(row)}
            row={row}
            index={index}
            gridId={grid.gridId}
            columns={columns}
            compact={grid.compact}
            template={grid.template}
            top={start}
            height={grid.rowPixels}
            activeColumn={grid.cursor.row === index ? grid.cursor.column : null}
            selected={options.selection ? grid.selection.ids.has(rowId(row)) : null}
            canSelect={grid.selection.canSelect(row)}
            isCurrent={rowId(row) === options.currentId}
            isOpenable={Boolean(linkTo)}
            onClick={grid.click}
            onCheck={grid.check}
          />
        );
      })}
    </div>
  );
}
