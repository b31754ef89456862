import { screen, waitFor, within } from '@testing-library/react';
import { restoreSession } from '@valero/ui';
import { ERIKA, fakeServer, problem, renderAt } from '@valero/ui/testing';
import { describe, expect, it } from 'vitest';
import type { EntryIn } from '../api.ts';
import { EntryEditor } from './entry-editor.component.tsx';

const PROPOSED: EntryIn = {
  posted_on: '2026-11-20',
  document_on: '2026-11-18',
  document_number: 'RE-4711',
  text: 'Papier Kraus GmbH: Rechnung RE-4711',
  currency: 'EUR',
  source: 'beleg',
  source_id: '0193-4711',
  lines: [
    { account: '4930', debit: '100.00', tax_code: 'V19' },
    { account: '1576', debit: '19.00', tax_code: 'V19' },
    { account: '1600', credit: '119.00', partner: 'Papier Kraus GmbH' },
  ],
};

const ACCOUNTS = [
  { number: '1576', name: 'Abziehbare Vorsteuer 19 %' },
  { number: '1600', name: 'Verbindlichkeiten aus Lieferungen und Leistungen' },
  { number: '4930', name: 'Bürobedarf' },
  { number: '4980', name: 'Sonstiger Betriebsbedarf' },
];

const POSTING = '/api/fibu/proposals/d1/posting';

async function openEditor(post: (body: unknown) => object | Response = () => ({ id: 'e1' })) {
  const server = fakeServer({
    'GET /api/auth/me': () => ERIKA,
    'GET /api/fibu/accounts': ({ query }) => ({
      items: ACCOUNTS.filter(
        ({ number, name }) =>
          number.startsWith(query.get('q') ?? '') || name.toLowerCase().includes(query.get('q') ?? ''),
      ),
    }),
    [`POST ${POSTING}`]: ({ body }) => post(body),
  });
  await restoreSession();
  const view = renderAt(
    '/',
    <EntryEditor
      documentId="d1"
      proposed={PROPOSED}
      reasons={['Darum.']}
      warnings={['Bitte prüfen.']}
      hasProposal
      canPost
    />,
  );
  await screen.findByDisplayValue('4930 · Bürobedarf');
  return { ...view, server };
}

const line = (number: number) => within(screen.getByRole('group', { name: `Zeile ${number}` }));
const debit = (number: number) => line(number).getByLabelText(/^Soll/);
const account = (number: number) => line(number).getByRole('textbox', { name: /^Konto/ });

describe('the editor of a proposal', () => {
  it('shows the entry, its balance, the reasons and the warnings', async () => {
    const { unmount } = await openEditor();
    expect(debit(1)).toHaveValue('100,00');
    expect(screen.getByText('Ausgeglichen')).toBeVisible();
    expect(screen.getByText('Darum.')).toBeVisible();
    expect(screen.getByText('Bitte prüfen.')).toBeVisible();
    unmount();
  });

  it('posts with Ctrl+Enter, from inside a field as well', async () => {
    const { user, server, unmount } = await openEditor();
    await user.click(screen.getByLabelText('Buchungstext'));
    await user.keyboard('{Control>}{Enter}{/Control}');
    await waitFor(() => expect(server.to(POSTING)).toHaveLength(1));
    expect(server.to(POSTING)[0]?.body).toMatchObject({
      entry: {
        document_number: 'RE-4711',
        lines: [{ account: '4930', debit: '100.00' }, {}, { credit: '119.00' }],
      },
    });
    unmount();
  });

  it('misses nothing that was just typed when it posts by keyboard', async () => {
    const { user, server, unmount } = await openEditor();
    await user.clear(screen.getByLabelText('Buchungsdatum'));
    await user.type(screen.getByLabelText('Buchungsdatum'), '3.4.2027{Control>}{Enter}{/Control}');
    await waitFor(() => expect(server.to(POSTING)).toHaveLength(1));
    expect(server.to(POSTING)[0]?.body).toMatchObject({ entry: { posted_on: '2027-04-03' } });
    unmount();
  });

  it('follows the balance while it is typed, and does not post what does not balance', async () => {
    const { user, server, unmount } = await openEditor();
    await user.clear(debit(1));
    await user.type(debit(1), '99,99');
    expect(screen.getByText('0,01 € fehlen im Soll')).toBeVisible();
    await user.keyboard('{Control>}{Enter}{/Control}');
    expect(await screen.findByRole('alert')).toHaveTextContent('Soll und Haben müssen gleich sein.');
    expect(server.to(POSTING)).toHaveLength(0);
    unmount();
  });

  it('empties one side of a line when the other is filled', async () => {
    const { user, unmount } = await openEditor();
    await user.type(line(1).getByLabelText(/^Haben/), '100');
    expect(debit(1)).toHaveValue('');
    unmount();
  });

  it('takes an account by its exact number and Enter, or by its name', async () => {
    const { user, unmount } = await openEditor();
    await user.click(account(1));
    await user.clear(account(1));
    await user.type(account(1), '4980{Enter}');
    expect(await screen.findByDisplayValue('4980 · Sonstiger Betriebsbedarf')).toBeVisible();
    await user.clear(account(1));
    await user.type(account(1), 'büro');
    await screen.findByRole('option', { name: /Bürobedarf/ });
    await user.keyboard('{Enter}');
    expect(await screen.findByDisplayValue('4930 · Bürobedarf')).toBeVisible();
    unmount();
  });

  it('says so when there is no such account', async () => {
    const { user, unmount } = await openEditor();
    await user.clear(account(1));
    await user.type(account(1), '9');
    await user.tab();
    expect(await screen.findByText('Dieses Konto gibt es nicht.')).toBeVisible();
    unmount();
  });

  it('adds a line that lacks nothing but the account', async () => {
    const { user, unmount } = await openEditor();
    await user.click(screen.getByRole('button', { name: 'Zeile 2 entfernen' }));
    await user.keyboard('{Alt>}n{/Alt}');
    expect(debit(3)).toHaveValue('19,00');
    unmount();
  });

  it('repeats a failed posting with the same key, and a corrected one with another', async () => {
    let isDown = true;
    const { user, server, unmount } = await openEditor(() => (isDown ? problem(503, {}) : { id: 'e1' }));
    const post = () => user.click(screen.getByRole('button', { name: /^Buchen/ }));
    await post();
    expect(await screen.findByRole('alert')).toHaveTextContent('Nicht gebucht');
    await post();
    await waitFor(() => expect(server.to(POSTING)).toHaveLength(2));
    isDown = false;
    await user.type(screen.getByLabelText('Buchungstext'), ' neu');
    await waitFor(() => expect(screen.getByRole('button', { name: /^Buchen/ })).toBeEnabled());
    await post();
    await waitFor(() => expect(server.to(POSTING)).toHaveLength(3));
    const [first, second, third] = server.to(POSTING).map(({ headers }) => headers.get('idempotency-key'));
    expect(second).toBe(first);
    expect(third).not.toBe(first);
    unmount();
  });

  it('puts the errors of the ledger on the fields', async () => {
    const { user, unmount } = await openEditor(() =>
      problem(422, {
        detail: 'Diese Konten gibt es nicht: 4930.',
        errors: [{ pointer: '/entry/lines/0/account', code: 'account_unknown', detail: 'Konto unbekannt.' }],
      }),
    );
    await user.click(screen.getByRole('button', { name: /^Buchen/ }));
    expect(await line(1).findByText('Konto unbekannt.')).toBeVisible();
    expect(account(1)).toBeInvalid();
    unmount();
  });

  it('asks before changes are lost, and only then', async () => {
    const { user, router, unmount } = await openEditor();
    await user.type(screen.getByLabelText('Buchungstext'), ' neu');
    await router.navigate('/anderswo');
    expect(await screen.findByRole('dialog', { name: 'Änderungen verwerfen?' })).toBeVisible();
    await user.click(screen.getByRole('button', { name: 'Weiter bearbeiten' }));
    expect(router.state.location.pathname).toBe('/');
    await user.click(screen.getByRole('button', { name: 'Vorschlag wiederherstellen' }));
    await router.navigate('/anderswo');
    expect(router.state.location.pathname).toBe('/anderswo');
    unmount();
  });
});
