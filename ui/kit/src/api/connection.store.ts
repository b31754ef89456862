/** Can the server be reached? Answered by the requests themselves and, once lost, by a slow probe. */
import { useSyncExternalStore } from 'react';

export type Connection = 'online' | 'lost' | 'back';

const PROBE_EVERY_MILLISECONDS = 3_000;
const SHOW_BACK_MILLISECONDS = 2_500;

let state: Connection = 'online';
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<(state: Connection) => void>();

function set(next: Connection): void {
  if (state === next) return;
  state = next;
  for (const listener of [...listeners]) listener(next);
}

export function onConnection(listener: (state: Connection) => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const useConnection = (): Connection => useSyncExternalStore(onConnection, () => state);

/** A request could not reach the server. */
export function unreachable(): void {
  if (state === 'lost') return;
  clearTimeout(timer);
  set('lost');
  timer = setTimeout(probe, PROBE_EVERY_MILLISECONDS);
}

/** A request has been answered, with whatever status. */
export function reachable(): void {
  if (state !== 'lost') return;
  clearTimeout(timer);
  set('back');
  timer = setTimeout(() => set('online'), SHOW_BACK_MILLISECONDS);
}

async function probe(): Promise<void> {
  try {
    await fetch('/ui/registry.json', { cache: 'no-store', signal: AbortSignal.timeout(5_000) });
    reachable();
  } catch {
    timer = setTimeout(probe, PROBE_EVERY_MILLISECONDS);
  }
}
