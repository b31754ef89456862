import { screen } from '@testing-library/react';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { Problem } from '../api/problem.ts';
import { renderAt } from '../testing/index.ts';
import { DataGrid } from './data-grid.component.tsx';
import type { Column, Rows } from './grid.types.ts';
import { allRows } from './use-windows.ts';

interface Row {
  id: string;
  name: string;
  cents: bigint;
}

const ROWS: Row[] = Array.from({ length: 5_000 }, (_, index) => ({
  id: `r${index}`,
  name: `Zeile ${index}`,
  cents: BigInt(5_000 - index),
}));
const COLUMNS: Column<Row>[] = [
  { id: 'name', header: 'Name', width: 200, cell: ({ name }) => name },
  {
    id: 'amount',
    header: 'Betrag',
    width: 100,
    align: 'right',
    cell: ({ cents }) => String(cents),
    sortBy: ({ cents }) => cents,
  },
];

let lists = 0;

function Grid({ rows = allRows(ROWS) }: { rows?: Rows<Row> }) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [name] = useState(() => `list ${++lists}`);
  return (
    <DataGrid
      name={name}
      label="Zeilen"
      columns={COLUMNS}
      rows={rows}
      rowId={({ id }) => id}
      linkTo={({ id }) => `/open/${id}`}
      selection={{ ids, onChange: setIds, canSelect: ({ id }) => id !== 'r2' }}
      empty={<p>Nichts da</p>}
    />
  );
}

const grid = () => screen.getByRole('grid', { name: 'Zeilen' });
const active = () => document.getElementById(grid().getAttribute('aria-activedescendant') ?? '');
const selected = () => screen.getAllByRole('row', { selected: true }).length;

function focused(rows?: Rows<Row>) {
  const view = renderAt('/', <Grid rows={rows} />);
  grid().focus();
  return view;
}

describe('the keyboard in a grid', () => {
  it('moves like in a spreadsheet, and the active cell always exists', async () => {
    const { user } = focused();
    expect(active()).toHaveTextContent('Zeile 0');
    await user.keyboard('{ArrowDown}{ArrowDown}{ArrowRight}');
    expect(active()).toHaveTextContent('4998');
    await user.keyboard('{Home}');
    expect(active()).toHaveTextContent('Zeile 2');
    await user.keyboard('{Control>}{End}{/Control}');
    expect(active()).toHaveTextContent('1');
    await user.keyboard('{Control>}{Home}{/Control}');
    expect(active()).toHaveTextContent('Zeile 0');
  });

  it('keeps few rows in the document and tells how many there are', () => {
    focused();
    expect(screen.getAllByRole('row').length).toBeLessThan(80);
    expect(grid()).toHaveAttribute('aria-rowcount', '5001');
  });

  it('chooses rows one by one, as a range, and lets go of them', async () => {
    const { user } = focused();
    await user.keyboard(' ');
    expect(selected()).toBe(1);
    await user.keyboard('{Shift>}{ArrowDown}{ArrowDown}{ArrowDown}{/Shift}');
    expect(screen.getByText('3 ausgewählt', { exact: false })).toBeVisible();
    await user.keyboard('{Escape}');
    expect(screen.queryByText('ausgewählt', { exact: false })).toBeNull();
  });

  it('chooses all that can be chosen', async () => {
    const { user } = focused();
    await user.keyboard('{Control>}a{/Control}');
    expect(screen.getByText('4.999 ausgewählt', { exact: false })).toBeVisible();
  });

  it('opens a row with Enter', async () => {
    const { user, router } = focused();
    await user.keyboard('{ArrowDown}{Enter}');
    expect(router.state.location.pathname).toBe('/open/r1');
  });
});

describe('the mouse in a grid', () => {
  it('opens a row with a click, but not with a click on its box', async () => {
    const { user, router } = focused();
    const [, first] = screen.getAllByRole('row');
    const [box, cell] = first?.querySelectorAll('[role=gridcell]') ?? [];
    await user.click(box as Element);
    expect(router.state.location.pathname).toBe('/');
    expect(selected()).toBe(1);
    await user.click(cell as Element);
    expect(router.state.location.pathname).toBe('/open/r0');
  });

  it('sorts by a column and keeps that in the address', async () => {
    const { user, router } = focused();
    await user.click(screen.getByRole('button', { name: 'Betrag' }));
    expect(screen.getAllByRole('row')[1]).toHaveTextContent('Zeile 4999');
    expect(router.state.location.search).toBe('?sort=amount');
    expect(screen.getByRole('columnheader', { name: 'Betrag' })).toHaveAttribute('aria-sort', 'ascending');
  });
});

describe('a grid whose rows come from the server', () => {
  const some = (rest: Partial<Rows<Row>>) => allRows(ROWS.slice(0, 10), rest);

  it('asks for more rows near the end, once', () => {
    const loadMore = vi.fn();
    focused(some({ hasMore: true, total: 500, loadMore }));
    expect(loadMore).toHaveBeenCalledOnce();
    expect(screen.getByText('10 von 500 Zeilen geladen')).toBeVisible();
  });

  it('keeps its rows when more of them fail, and offers to try again', async () => {
    const reload = vi.fn();
    const { user } = focused(some({ error: new Problem(503), reload }));
    expect(screen.getByText('Zeile 3')).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Erneut versuchen' }));
    expect(reload).toHaveBeenCalledOnce();
  });

  it('tells loading, empty and failed apart', () => {
    renderAt('/', <Grid rows={allRows<Row>([], { isPending: true })} />);
    expect(screen.getByText('Wird geladen …')).toBeInTheDocument();
    renderAt('/', <Grid rows={allRows<Row>([])} />);
    expect(screen.getByText('Nichts da')).toBeVisible();
    renderAt('/', <Grid rows={allRows<Row>([], { error: new Problem(403) })} />);
    expect(screen.getByRole('alert')).toHaveTextContent('Dafür fehlt Ihnen die Berechtigung.');
  });
});
