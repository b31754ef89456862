import { CONTRACT, type Manifest } from '@valero/ui';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  forgetModule,
  loadComponent,
  loadEntry,
  ModuleContractMismatch,
  ModuleTimeout,
} from './load-module.ts';

/** Ends in a comment, which takes up the "?attempt=1" of a second try. */
const script = (code: string): string => `data:text/javascript,${encodeURIComponent(`${code}\n//`)}`;

const manifest = (id: string, entry: string): Manifest => ({
  id,
  contract: CONTRACT,
  title: id,
  entry,
  nav: [],
  status: 'up',
});

const good = (id: string, contract = CONTRACT) =>
  script(
    `export default { contract: ${contract}, id: '${id}', App: async () => ({ default: () => '${id}' }) }`,
  );

afterEach(() => vi.useRealTimers());

describe('loading a module', () => {
  it('happens once', async () => {
    const crm = manifest('crm', good('crm'));
    expect(loadEntry(crm)).toBe(loadEntry(crm));
    expect((await loadEntry(crm)).id).toBe('crm');
    const App = (await loadComponent(crm, 'App')) as () => string;
    expect(App()).toBe('crm');
  });

  it('gives nothing for a part that the module does not have', async () => {
    const Home = (await loadComponent(manifest('plain', good('plain')), 'Home')) as () => unknown;
    expect(Home()).toBeNull();
  });

  it('refuses one that was made for another shell, or says to be another', async () => {
    await expect(loadEntry(manifest('old', good('old', 99)))).rejects.toBeInstanceOf(ModuleContractMismatch);
    await expect(loadEntry(manifest('fibu', good('crm')))).rejects.toBeInstanceOf(ModuleContractMismatch);
  });

  it('fails when its code throws, and can be tried again', async () => {
    const broken = manifest('broken', script("throw new Error('kaputt')"));
    await expect(loadEntry(broken)).rejects.toThrow('kaputt');
    forgetModule('broken');
    const repaired = await loadEntry(manifest('broken', good('broken')));
    expect(repaired.id).toBe('broken');
  });

  it('does not wait for ever', async () => {
    vi.useFakeTimers();
    const hanging = manifest('hang', script('await new Promise(() => undefined); export default {}'));
    const failure = loadComponent(hanging, 'App').catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(8_000);
    expect(await failure).toBeInstanceOf(ModuleTimeout);
  });
});
