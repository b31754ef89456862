import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { formatDecimal } from '../money/money.ts';
import { kitTexts } from '../texts/kit-texts.ts';
import type { Rows } from './grid.types.ts';

interface GridStatusProps<Row> {
  rows: Rows<Row>;
  selectedCount: number;
  children?: ReactNode;
}

/** The line below a grid: how many rows there are, how many are chosen, and what went wrong. */
export function GridStatus<Row>({ rows, selectedCount, children }: GridStatusProps<Row>) {
  const t = kitTexts.use();
  const loaded = rows.items.length;
  return (
    <div className="v-grid-status">
      <span role="status">
        {rowsText(rows)}
        {selectedCount > 0 && (
          <strong> · {t('gridSelected', { count: selectedCount, shown: figure(selectedCount) })}</strong>
        )}
      </span>
      {rows.isLoadingMore && <span>{t('gridLoadingMore')}</span>}
      {rows.error !== null && loaded > 0 && (
        <span role="alert" className="v-negative">
          {t('gridMoreFailed')}{' '}
          <Button variant="subtle" size="compact-xs" onClick={rows.hasMore ? rows.loadMore : rows.reload}>
            {t('retry')}
          </Button>
        </span>
      )}
      {children}
    </div>
  );

  function rowsText({ total, hasMore }: Rows<Row>): string {
    if (!hasMore) return t('gridRows', { count: loaded, shown: figure(loaded) });
    if (total === null) return t('gridRowsMore', { loaded: figure(loaded) });
    return t('gridRowsOf', { loaded: figure(loaded), total: figure(total) });
  }
}

const figure = (count: number): string => formatDecimal(String(count));
