import { afterEach, describe, expect, it, vi } from 'vitest';
import { fakeServer, offline } from '../testing/index.ts';
import { type LiveEvent, type LiveState, openLive, parseBlock } from './live.ts';

const streamed = (...chunks: string[]): Response =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
        controller.close();
      },
    }),
  );

const endless = (text: string): Response =>
  new Response(
    new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(text)) }),
  );

let close: () => void = () => undefined;
afterEach(() => close());

function follow() {
  const events: LiveEvent[] = [];
  const states: LiveState[] = [];
  close = openLive('/stream', {
    onEvent: (event) => events.push(event),
    onState: (state) => states.push(state),
  });
  return { events, states };
}

describe('one block of a stream', () => {
  it('may carry several lines of data', () => {
    expect(parseBlock('event: document\nid: 7\ndata: a\ndata: b')).toEqual({
      type: 'document',
      id: '7',
      data: 'a\nb',
    });
  });

  it('may be a comment, or set the id alone', () => {
    expect(parseBlock(': still here').data).toBeNull();
    expect(parseBlock('retry: 3000\nid: 3')).toEqual({ type: 'message', id: '3', data: null });
  });
});

describe('a stream', () => {
  it('puts events together that arrive in pieces', async () => {
    fakeServer({
      'GET /stream': () => streamed('event: ser', 'vice\r\ndata: {"a"', ':1}\r\n\r\n: comment\n\n'),
    });
    const { events } = follow();
    await vi.waitFor(() => expect(events).toEqual([{ type: 'service', data: '{"a":1}' }]));
  });

  it('comes back after a loss and says what it has seen', async () => {
    let times = 0;
    const server = fakeServer({
      'GET /stream': () => {
        times += 1;
        if (times === 1) return streamed('id: 41\ndata: one\n\n');
        if (times === 2) return offline();
        return endless('id: 42\ndata: two\n\n');
      },
    });
    const { events, states } = follow();
    await vi.waitFor(() => expect(events.map(({ data }) => data)).toEqual(['one', 'two']), {
      timeout: 5_000,
    });
    expect(server.requests.map(({ headers }) => headers.get('last-event-id'))).toEqual([null, '41', '41']);
    expect(states).toEqual(['connecting', 'live', 'reconnecting', 'reconnecting', 'live']);
  });

  it('asks no more once it is closed', async () => {
    const server = fakeServer({ 'GET /stream': () => endless('data: one\n\n') });
    const { events } = follow();
    await vi.waitFor(() => expect(events).toHaveLength(1));
    close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.requests).toHaveLength(1);
  });
});
