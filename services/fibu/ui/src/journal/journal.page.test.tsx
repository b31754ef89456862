import { screen, waitFor, within } from '@testing-library/react';
import { restoreSession, today } from '@valero/ui';
import { ERIKA, fakeServer, problem, renderAt } from '@valero/ui/testing';
import { Route, Routes } from 'react-router';
import { describe, expect, it } from 'vitest';
import type { EntryOut } from '../api.ts';
import { JournalPage } from './journal.page.tsx';

const entry = (id: string, rest: Partial<EntryOut> = {}): EntryOut => ({
  id,
  number: null,
  state: 'posted',
  posted_on: '2026-11-20',
  document_on: '2026-11-18',
  document_number: `RE-${id}`,
  text: `Rechnung ${id}`,
  currency: 'EUR',
  total: '119.00',
  source: 'beleg',
  source_id: 'd1',
  reverses: null,
  reversed_by: null,
  posted_at: '2026-11-20T10:00:00Z',
  posted_by: { id: ERIKA.id, name: 'Erika Sommer' },
  lines: [
    {
      account: '4930',
      account_name: 'Bürobedarf',
      debit: '119.00',
      credit: null,
      tax_code: null,
      cost_centre: null,
      partner: null,
      text: null,
    },
    {
      account: '1600',
      account_name: 'Verbindlichkeiten',
      debit: null,
      credit: '119.00',
      tax_code: null,
      cost_centre: null,
      partner: 'Kraus',
      text: null,
    },
  ],
  ...rest,
});

async function openJournal(address: string, entries: EntryOut[], answers = {}) {
  const server = fakeServer({
    'GET /api/auth/me': () => ERIKA,
    'GET /api/fibu/entries': () => ({ items: entries, next: null, total: entries.length }),
    'GET /api/fibu/accounts': () => ({ items: [{ number: '1600', name: 'Verbindlichkeiten' }] }),
    ...Object.fromEntries(entries.map((one) => [`GET /api/fibu/entries/${one.id}`, () => one])),
    ...answers,
  });
  await restoreSession();
  const page = (
    <Routes>
      <Route path="/fibu/journal/:entryId?" element={<JournalPage />} />
    </Routes>
  );
  return { ...renderAt(address, page), server };
}

describe('the journal', () => {
  it('asks for what the address says', async () => {
    const { server, unmount } = await openJournal(
      '/fibu/journal?account=1600&from=2026-11-01&to=2026-11-30&q=kraus',
      [entry('1')],
    );
    await screen.findByText('Rechnung 1');
    const [asked] = server.to('/api/fibu/entries');
    expect(Object.fromEntries(asked?.query ?? [])).toMatchObject({
      account: '1600',
      from: '2026-11-01',
      to: '2026-11-30',
      q: 'kraus',
    });
    expect(await screen.findByDisplayValue('1600 · Verbindlichkeiten')).toBeVisible();
    unmount();
  });

  it('opens an entry beside the list and keeps the filters', async () => {
    const { user, router, unmount } = await openJournal('/fibu/journal?q=re', [entry('1')]);
    await user.click(await screen.findByText('Rechnung 1'));
    expect(router.state.location.pathname + router.state.location.search).toBe('/fibu/journal/1?q=re');
    const panel = within(await screen.findByRole('complementary', { name: 'Buchung' }));
    expect(await panel.findByText('Bürobedarf')).toBeVisible();
    expect(panel.getByRole('link', { name: 'Beleg ansehen' })).toHaveAttribute('href', '/fibu/belege/d1');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(router.state.location.pathname).toBe('/fibu/journal'));
    unmount();
  });

  it('reverses an entry with a day and a reason, after asking', async () => {
    const { user, server, unmount } = await openJournal('/fibu/journal/1', [entry('1')], {
      'POST /api/fibu/entries/1/reversal': () => entry('2', { reverses: '1' }),
    });
    await user.click(await screen.findByRole('button', { name: 'Stornieren' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Buchung stornieren' }));
    await user.type(dialog.getByLabelText('Grund'), 'falsches Konto');
    await user.click(dialog.getByRole('button', { name: 'Stornieren' }));
    await waitFor(() => expect(server.to('/api/fibu/entries/1/reversal')).toHaveLength(1));
    expect(server.to('/api/fibu/entries/1/reversal')[0]?.body).toEqual({
      posted_on: today(),
      text: 'falsches Konto',
    });
    unmount();
  });

  it('shows why a reversal was refused', async () => {
    const { user, unmount } = await openJournal('/fibu/journal/1', [entry('1')], {
      'POST /api/fibu/entries/1/reversal': () =>
        problem(409, { detail: 'Diese Buchung ist schon storniert.' }),
    });
    await user.click(await screen.findByRole('button', { name: 'Stornieren' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Stornieren' }));
    expect(await dialog.findByRole('alert')).toHaveTextContent('Diese Buchung ist schon storniert.');
    unmount();
  });

  it('offers no second reversal', async () => {
    const { unmount } = await openJournal('/fibu/journal/1', [entry('1', { reversed_by: '2' })]);
    await screen.findByRole('link', { name: 'Ansehen' });
    expect(screen.queryByRole('button', { name: 'Stornieren' })).toBeNull();
    unmount();
  });
});
