import { screen, waitFor, within } from '@testing-library/react';
import { restoreSession } from '@valero/ui';
import { ERIKA, fakeServer, problem, renderAt } from '@valero/ui/testing';
import { describe, expect, it } from 'vitest';
import type { DocumentOut } from '../api.ts';
import { InboxPage } from './inbox.page.tsx';

const document = (number: number, rest: Partial<DocumentOut> = {}): DocumentOut => ({
  id: `d${number}`,
  sha256: `${number}`,
  filename: `rechnung-${number}.xml`,
  media_type: 'application/xml',
  size_bytes: 1000,
  received_at: '2026-11-20T10:00:00Z',
  state: 'received',
  duplicate_of: null,
  entry_id: null,
  problem: null,
  invoice: {
    syntax: 'cii',
    type_code: '380',
    number: `RE-${number}`,
    issued_on: '2026-11-18',
    due_on: '2020-01-01',
    currency: 'EUR',
    seller_name: `Lieferant ${number}`,
    buyer_name: 'Musterwerk GmbH',
    tax_inclusive: '119.00',
    payable: '119.00',
  },
  ...rest,
});

const proposal = (id: string, warnings: string[] = []) => ({
  document_id: id,
  state: 'open',
  entry: { lines: [{ account: '4930', account_name: 'Bürobedarf', debit: '100.00' }] },
  reasons: [],
  warnings,
});

async function openInbox(documents: DocumentOut[], address = '/fibu/belege', answers = {}) {
  const server = fakeServer({
    'GET /api/auth/me': () => ERIKA,
    'GET /api/beleg/stream': () => new Response(new ReadableStream()),
    'GET /api/beleg/documents': ({ query }) => {
      const items = documents.filter(
        ({ state, filename }) =>
          (!query.get('state') || state === query.get('state')) && filename.includes(query.get('q') ?? ''),
      );
      return { items, next: null, total: items.length };
    },
    'GET /api/fibu/proposals': () => ({ items: documents.map(({ id }) => proposal(id)) }),
    ...answers,
  });
  await restoreSession();
  return { ...renderAt(address, <InboxPage />), server };
}

describe('the inbox', () => {
  it('shows who wants how much, what is proposed, and flags duplicates', async () => {
    const { unmount } = await openInbox([document(1), document(2, { duplicate_of: 'd1' })]);
    const row = within((await screen.findByText('Lieferant 2')).closest('[role=row]') as HTMLElement);
    expect(row.getByText('119,00 €', { normalizer: (text) => text.replace(/\s/g, ' ') })).toBeVisible();
    expect(row.getByText('Dublette')).toBeVisible();
    expect(await row.findByText('Bürobedarf', { exact: false })).toBeVisible();
    expect(await screen.findByText('Live')).toBeVisible();
    unmount();
  });

  it('tells the first visit, a finished day and an unsuccessful search apart', async () => {
    const first = await openInbox([]);
    expect(await screen.findByText('Noch keine Belege')).toBeVisible();
    first.unmount();
    const finished = await openInbox([document(1, { state: 'booked', entry_id: 'e1' })]);
    expect(await screen.findByText('Alles gebucht')).toBeVisible();
    finished.unmount();
    const searched = await openInbox([document(1)], '/fibu/belege?q=xyz');
    expect(await screen.findByText('Kein Beleg passt zu „xyz“')).toBeVisible();
    searched.unmount();
  });

  it('says what is wrong and tries again', async () => {
    let isDown = true;
    const { user, unmount } = await openInbox([], '/fibu/belege', {
      'GET /api/beleg/documents': () =>
        isDown ? problem(403, { detail: 'Ihre Rolle darf Belege nicht lesen.' }) : { items: [document(1)] },
    });
    expect(await screen.findByRole('alert')).toHaveTextContent('Ihre Rolle darf Belege nicht lesen.');
    isDown = false;
    await user.click(screen.getByRole('button', { name: 'Erneut versuchen' }));
    expect(await screen.findByText('Lieferant 1')).toBeVisible();
    unmount();
  });

  it('keeps the filter in the address', async () => {
    const { user, router, unmount } = await openInbox([
      document(1),
      document(2, { state: 'unreadable', invoice: null }),
    ]);
    await user.click(await screen.findByRole('button', { name: /^Von Hand/ }));
    expect(await screen.findByText('rechnung-2.xml')).toBeVisible();
    await user.type(screen.getByRole('searchbox'), 'rechnung');
    await waitFor(() => expect(router.state.location.search).toBe('?state=unreadable&q=rechnung'));
    unmount();
  });

  it('counts credit notes against the invoices', async () => {
    const credit = document(2);
    if (credit.invoice) Object.assign(credit.invoice, { type_code: '381', payable: '19.00' });
    const { user, unmount } = await openInbox([document(1), credit]);
    expect(await screen.findByText('Gutschrift')).toBeVisible();
    screen.getByRole('grid').focus();
    await user.keyboard('{Control>}a{/Control}');
    await user.click(screen.getByRole('button', { name: '2 Vorschläge buchen' }));
    expect(within(await screen.findByRole('dialog')).getByText(/100,00/)).toBeVisible();
    unmount();
  });

  it('posts all chosen proposals and lists what was left, with the reason', async () => {
    const { user, server, unmount } = await openInbox(
      [document(1), document(2), document(3)],
      '/fibu/belege',
      {
        'GET /api/fibu/proposals/d1': () => proposal('d1'),
        'GET /api/fibu/proposals/d2': () => proposal('d2', ['Bitte vor dem Buchen vergleichen.']),
        'GET /api/fibu/proposals/d3': () => proposal('d3'),
        'POST /api/fibu/proposals/d1/posting': () => ({ id: 'e1' }),
        'POST /api/fibu/proposals/d3/posting': () => problem(409, { detail: 'Die Periode ist geschlossen.' }),
      },
    );
    (await screen.findByRole('grid')).focus();
    await user.keyboard('{Control>}a{/Control}');
    await user.click(screen.getByRole('button', { name: '3 Vorschläge buchen' }));
    const dialog = within(await screen.findByRole('dialog', { name: 'Vorschläge buchen' }));
    expect(dialog.getByText(/357,00/)).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Jetzt buchen' }));
    expect(await dialog.findByText('3 von 3')).toBeVisible();
    expect(dialog.getByText('1 gebucht')).toBeVisible();
    expect(dialog.getByText('Bitte vor dem Buchen vergleichen.')).toBeVisible();
    expect(dialog.getByText('Die Periode ist geschlossen.')).toBeVisible();
    expect(server.to('/api/fibu/proposals/d2/posting')).toHaveLength(0);
    unmount();
  });
});
