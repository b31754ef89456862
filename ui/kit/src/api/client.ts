/**
 * The one way to the services: cookies, language, idempotency key, one renewal of the session on
 * 401, errors as Problem. Typed by the OpenAPI paths of the service it is created for.
 */
import createClient, { type Client } from 'openapi-fetch';
import { currentSession, refreshSession, signedInAgain } from '../session/session.store.ts';
import { currentLanguage } from '../texts/texts.ts';
import { reachable, unreachable } from './connection.store.ts';
import { Problem, problemFrom } from './problem.ts';

/** A key that makes the repetition of one and the same booking harmless. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Like fetch, but every answer that is not a success is thrown as a Problem. */
export async function send(request: Request): Promise<Response> {
  const prepared = prepare(request);
  const startedAt = Date.now();
  const first = await once(prepared.clone());
  if (first.status !== 401) return success(first);
  if (!(await refreshSession(startedAt))) {
    await signedInAgain();
    if (currentSession().status === 'signed-out') throw new Problem(401);
  }
  return success(await once(prepared));
}

function prepare(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.set('accept-language', currentLanguage());
  if (request.method === 'POST' && !headers.has('idempotency-key')) headers.set('idempotency-key', newKey());
  return new Request(request, { headers });
}

async function once(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    reachable();
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    unreachable();
    throw new Problem(0);
  }
}

async function success(response: Response): Promise<Response> {
  if (response.ok) return response;
  throw problemFrom(response.status, response.headers.get('content-type'), await response.text());
}

export const createApi = <Paths extends object>(): Client<Paths> =>
  createClient<Paths>({ baseUrl: location.origin, fetch: send });

/** The body of a successful answer: `await dataOf(api.GET('/api/fibu/accounts'))`. */
export async function dataOf<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}
