import { act, screen, waitFor } from '@testing-library/react';
import { CONTRACT, type Manifest, restoreSession } from '@valero/ui';
import { ERIKA, fakeServer, renderAt } from '@valero/ui/testing';
import { Route, Routes } from 'react-router';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ModulePage } from './module.page.tsx';

/** Ends in a comment, which takes up the "?attempt=1" of a second try. */
const script = (code: string): string => `data:text/javascript,${encodeURIComponent(`${code}\n//`)}`;

const module = (id: string, code: string, permission = 'fibu:read'): Manifest => ({
  id,
  contract: CONTRACT,
  title: { de: `Modul ${id}`, en: `Module ${id}` },
  entry: script(code),
  nav: [{ id: 'x', label: { de: 'Seite', en: 'Page' }, path: `/${id}`, icon: 'home', permission }],
  status: 'up',
});

const showing = (id: string, text: string) =>
  `export default { contract: ${CONTRACT}, id: '${id}', App: async () => ({ default: () => '${text}' }) }`;

function open(address: string, registry: Manifest[]) {
  fakeServer({ 'GET /api/auth/me': () => ERIKA, 'GET /ui/registry.json': () => registry });
  return restoreSession().then(() =>
    renderAt(
      address,
      <Routes>
        <Route path=":module/*" element={<ModulePage />} />
      </Routes>,
    ),
  );
}

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});

describe('a module in the shell', () => {
  it('appears under its address', async () => {
    await open('/good/anything', [module('good', showing('good', 'Guten Tag'))]);
    expect(await screen.findByText('Guten Tag')).toBeVisible();
  });

  it('that cannot be loaded leaves a way to try again, which works', async () => {
    await open('/flaky', [
      module(
        'flaky',
        `globalThis.flaky = (globalThis.flaky ?? 0) + 1;
         if (globalThis.flaky === 1) throw new Error('kaputt');
         ${showing('flaky', 'Jetzt geht es')}`,
      ),
    ]);
    expect(await screen.findByRole('alert')).toHaveTextContent('Modul flaky konnte nicht geladen werden');
    // awaited act, because what is clicked suspends
    await act(async () => screen.getByRole('button', { name: 'Erneut versuchen' }).click());
    expect(await screen.findByText('Jetzt geht es')).toBeVisible();
  });

  it('whose service was down is loaded again as soon as the service is back', async () => {
    const flaky = module(
      'sleepy',
      `if (!globalThis.isAwake) throw new Error('down'); ${showing('sleepy', 'Wieder da')}`,
    );
    const { client } = await open('/sleepy', [{ ...flaky, status: 'down' }]);
    expect(await screen.findByRole('alert')).toBeVisible();
    Object.assign(globalThis, { isAwake: true });
    await act(async () => client.setQueryData(['shell', 'registry'], [{ ...flaky, status: 'up' }]));
    expect(await screen.findByText('Wieder da')).toBeVisible();
  });

  it('that crashes while it is shown is caught as well', async () => {
    await open('/crash', [
      module(
        'crash',
        `export default { contract: ${CONTRACT}, id: 'crash', App: async () => ({ default: () => { throw new Error('x') } }) }`,
      ),
    ]);
    expect(await screen.findByRole('alert')).toHaveTextContent('Alles andere funktioniert weiter.');
  });

  it('is not shown to those who may not see any of its pages', async () => {
    await open('/secret', [module('secret', showing('secret', 'Geheimes'), 'auth:administer')]);
    expect(await screen.findByText('Dafür fehlt Ihnen die Berechtigung')).toBeVisible();
    await waitFor(() => expect(screen.queryByText('Geheimes')).toBeNull());
  });

  it('that does not exist is told apart from one that failed', async () => {
    await open('/nirgends', []);
    expect(await screen.findByText('Diese Seite gibt es nicht')).toBeVisible();
  });
});
