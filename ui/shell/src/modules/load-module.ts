/** Fetches micro-frontends at run time. Each is kept once loaded; a failed one can be tried again. */
import { CONTRACT, type Manifest, type UiModule } from '@valero/ui';
import type { ComponentType } from 'react';

export class ModuleTimeout extends Error {}
export class ModuleContractMismatch extends Error {}

const LOAD_MILLISECONDS = 8_000;

const entries = new Map<string, Promise<UiModule>>();
const components = new Map<string, Promise<ComponentType>>();
let attempt = 0;

export function forgetModule(id: string): void {
  entries.delete(id);
  for (const key of components.keys()) if (key.startsWith(`${id}/`)) components.delete(key);
  attempt += 1;
}

/** The light entry of a module. */
export function loadEntry(manifest: Manifest): Promise<UiModule> {
  const known = entries.get(manifest.id);
  if (known) return known;
  const loading = importEntry(manifest);
  entries.set(manifest.id, loading);
  return loading;
}

/** A component of the module, ready for React's use(); null if the module has none of this kind. */
export function loadComponent(manifest: Manifest, kind: 'App' | 'Home'): Promise<ComponentType> {
  const key = `${manifest.id}/${kind}`;
  const known = components.get(key);
  if (known) return known;
  const loading = readable(within(LOAD_MILLISECONDS, importComponent(manifest, kind)));
  components.set(key, loading);
  return loading;
}

const Nothing: ComponentType = () => null;

async function importComponent(manifest: Manifest, kind: 'App' | 'Home'): Promise<ComponentType> {
  const module = await loadEntry(manifest);
  return (await module[kind]?.())?.default ?? Nothing;
}

async function importEntry({ id, entry, css = [] }: Manifest): Promise<UiModule> {
  css.forEach(addStyles);
  // browsers remember a failed import() by its address
  const address = attempt ? `${entry}?attempt=${attempt}` : entry;
  const { default: module } = await within(
    LOAD_MILLISECONDS,
    import(/* @vite-ignore */ address) as Promise<{ default?: UiModule }>,
  );
  if (module?.contract !== CONTRACT || module.id !== id) throw new ModuleContractMismatch(id);
  return module;
}

function addStyles(href: string): void {
  if (document.querySelector(`link[href="${href}"]`)) return;
  document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href }));
}

function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const timeout = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new ModuleTimeout()), milliseconds);
  });
  return Promise.race([work, timeout]);
}

/** Sets the fields that React's use() reads, so that what is loaded already never suspends. */
function readable<T>(promise: Promise<T>): Promise<T> {
  const marked = promise as Promise<T> & { status?: string; value?: T; reason?: unknown };
  promise.then(
    (value) => void Object.assign(marked, { status: 'fulfilled', value }),
    (reason: unknown) => void Object.assign(marked, { status: 'rejected', reason }),
  );
  return marked;
}
