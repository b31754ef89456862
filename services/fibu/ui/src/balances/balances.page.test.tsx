import { screen, within } from '@testing-library/react';
import { fakeServer, renderAt } from '@valero/ui/testing';
import { describe, expect, it } from 'vitest';
import { BalancesPage } from './balances.page.tsx';

const sheet = (currency: string, balanced = true) => ({
  currency,
  balanced,
  total_debit: '1119.00',
  total_credit: balanced ? '1119.00' : '1118.99',
  accounts: [
    {
      account: '1576',
      name: 'Vorsteuer',
      type: 'asset',
      debit: '1119.00',
      credit: '0.00',
      balance: '1119.00',
    },
    {
      account: '1600',
      name: 'Verbindlichkeiten',
      type: 'liability',
      debit: '0.00',
      credit: '1119.00',
      balance: '-1119.00',
    },
  ],
});

function openBalances(sheets: object[], address = '/fibu/salden?as_of=2026-11-20') {
  const server = fakeServer({
    'GET /api/fibu/trial-balance': () => ({ ...sheets[0], as_of: '2026-11-20', currencies: sheets }),
  });
  return { ...renderAt(address, <BalancesPage />), server };
}

const row = (name: string) => within(screen.getByText(name).closest('[role=row]') as HTMLElement);

describe('the trial balance', () => {
  it('shows debit, credit and balance, and that the sums agree', async () => {
    const { unmount } = openBalances([sheet('EUR')]);
    expect(await screen.findByText('Ausgeglichen')).toBeVisible();
    expect(row('Verbindlichkeiten').getByTitle('Haben')).toHaveTextContent('H');
    expect(row('Summe').getAllByText('1.119,00')).toHaveLength(2);
    expect(row('Vorsteuer').getByText('Aktiva')).toBeVisible();
    unmount();
  });

  it('does not hide a difference of a cent', async () => {
    const { unmount } = openBalances([sheet('EUR', false)]);
    expect(await screen.findByText(/Nicht ausgeglichen: 0,01/)).toBeVisible();
    unmount();
  });

  it('asks for the day in the address, and leads to the journal of an account', async () => {
    const { user, router, server, unmount } = openBalances([sheet('EUR')]);
    await user.click(await screen.findByText('Verbindlichkeiten'));
    expect(server.requests[0]?.query.get('as_of')).toBe('2026-11-20');
    expect(router.state.location.pathname + router.state.location.search).toBe(
      '/fibu/journal?account=1600&to=2026-11-20',
    );
    unmount();
  });

  it('never adds different currencies', async () => {
    const { user, router, unmount } = openBalances([sheet('EUR'), sheet('USD')]);
    await user.click(await screen.findByText('USD'));
    expect(router.state.location.search).toContain('currency=USD');
    unmount();
  });

  it('says when nothing was posted yet, and when a search finds nothing', async () => {
    const { unmount } = openBalances([]);
    expect(await screen.findByText('Noch nichts gebucht')).toBeVisible();
    unmount();
    const searched = openBalances([sheet('EUR')], '/fibu/salden?q=xyz');
    expect(await screen.findByText('Kein Konto passt zu „xyz“')).toBeVisible();
    searched.unmount();
  });
});
