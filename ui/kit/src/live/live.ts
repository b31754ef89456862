/**
 * Server-sent events that survive everything: expired tokens are renewed, lost or silent connections
 * reopened with growing pauses. A hidden tab gives its connection back, since browsers allow only
 * six per server over HTTP/1.1.
 */
import { send } from '../api/client.ts';

export interface LiveEvent {
  /** "message" unless the server named it. */
  type: string;
  data: string;
}

export type LiveState = 'connecting' | 'live' | 'reconnecting';

export interface LiveHandlers {
  onEvent(event: LiveEvent): void;
  /** Called with "live" on every (re)connection: the moment to reload what may have been missed. */
  onState?(state: LiveState): void;
}

const SILENCE_MILLISECONDS = 60_000;
const PAUSES_MILLISECONDS = [500, 1_000, 2_000, 5_000, 10_000];

/** Returns the function that closes the stream. */
export function openLive(url: string, { onEvent, onState }: LiveHandlers): () => void {
  const closed = new AbortController();
  let lastId = '';
  let failures = 0;

  async function follow(): Promise<void> {
    const attempt = new AbortController();
    const signal = AbortSignal.any([closed.signal, attempt.signal]);
    const watchdog = silenceWatchdog(() => attempt.abort());
    const stopWhenHidden = () => document.hidden && attempt.abort();
    document.addEventListener('visibilitychange', stopWhenHidden);
    try {
      const headers = { accept: 'text/event-stream', ...(lastId && { 'last-event-id': lastId }) };
      const response = await send(new Request(new URL(url, location.origin), { headers, signal }));
      failures = 0;
      onState?.('live');
      for await (const { id, type, data } of blocks(response, watchdog.seen)) {
        if (id) lastId = id;
        if (data !== null) onEvent({ type, data });
      }
    } finally {
      watchdog.stop();
      document.removeEventListener('visibilitychange', stopWhenHidden);
      attempt.abort();
    }
  }

  async function keepFollowing(): Promise<void> {
    onState?.('connecting');
    while (!closed.signal.aborted) {
      await untilVisible(closed.signal);
      await follow().catch(() => undefined);
      if (closed.signal.aborted) return;
      onState?.('reconnecting');
      const pause = PAUSES_MILLISECONDS[Math.min(failures++, PAUSES_MILLISECONDS.length - 1)] ?? 0;
      if (!document.hidden) await delay(pause * (0.75 + Math.random() / 2), closed.signal);
    }
  }

  void keepFollowing();
  return () => closed.abort();
}

interface Block {
  type: string;
  id: string;
  /** null for comments and for blocks that only set the id. */
  data: string | null;
}

async function* blocks(response: Response, seen: () => void): AsyncGenerator<Block> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    seen();
    const complete = (rest + part.value).replaceAll('\r\n', '\n').split('\n\n');
    rest = complete.pop() ?? '';
    yield* complete.map(parseBlock);
  }
}

export function parseBlock(text: string): Block {
  const block: Block = { type: 'message', id: '', data: null };
  for (const line of text.split('\n')) {
    const [, field, value = ''] = /^(\w+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'data') block.data = block.data === null ? value : `${block.data}\n${value}`;
    else if (field === 'event') block.type = value;
    else if (field === 'id') block.id = value;
  }
  return block;
}

function silenceWatchdog(onSilence: () => void) {
  let timer = setTimeout(onSilence, SILENCE_MILLISECONDS);
  return {
    seen() {
      clearTimeout(timer);
      timer = setTimeout(onSilence, SILENCE_MILLISECONDS);
    },
    stop: () => clearTimeout(timer),
  };
}

const untilVisible = (signal: AbortSignal): Promise<void> =>
  document.hidden ? until('visibilitychange', () => !document.hidden, signal) : Promise.resolve();

const until = (event: string, holds: () => boolean, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const finished = new AbortController();
    const settle = () => {
      if (!holds() && !signal.aborted) return;
      finished.abort();
      resolve();
    };
    document.addEventListener(event, settle, { signal: finished.signal });
    signal.addEventListener('abort', settle, { signal: finished.signal });
  });

const delay = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
