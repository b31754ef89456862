/** Stands in for the services at the border of the browser: fetch. Knows only what a test tells it. */
import { vi } from 'vitest';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

type Answer = Response | object | undefined;
type Answering = (asked: Asked) => Answer | Promise<Answer>;

export const problem = (status: number, details: object): Response =>
  Response.json({ status, ...details }, { status, headers: { 'content-type': 'application/problem+json' } });

export const offline = (): never => {
  throw new TypeError('Failed to fetch');
};

/** Answers by "METHOD /path"; a path may end in * for anything. Whatever is not known is a 404. */
export function fakeServer(answers: Record<string, Answering>) {
  const requests: Asked[] = [];

  async function respond(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = input instanceof Request ? input : new Request(new URL(input, location.origin), init);
    const url = new URL(request.url);
    const text = await request.clone().text();
    const asked: Asked = {
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text && request.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text,
    };
    requests.push(asked);
    const answer = answerFor(answers, asked);
    const found = await answer?.(asked);
    if (found instanceof Response) return found;
    return found === undefined ? problem(404, { title: 'Nicht gefunden' }) : Response.json(found);
  }

  vi.stubGlobal('fetch', respond);
  return {
    requests,
    /** The requests to one path, e.g. to see how often it was asked. */
    to: (path: string) => requests.filter((asked) => asked.path === path),
  };
}

function answerFor(answers: Record<string, Answering>, { method, path }: Asked): Answering | undefined {
  const exact = answers[`${method} ${path}`];
  if (exact) return exact;
  const pattern = Object.keys(answers).find(
    (key) => key.endsWith('*') && `${method} ${path}`.startsWith(key.slice(0, -1)),
  );
  return pattern === undefined ? undefined : answers[pattern];
}
