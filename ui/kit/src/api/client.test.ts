import { beforeEach, describe, expect, it, vi } from 'vitest';
import { currentSession, restoreSession, signIn } from '../session/session.store.ts';
import { ERIKA, fakeServer, offline, problem } from '../testing/index.ts';
import { setLanguage } from '../texts/texts.ts';
import { createApi, dataOf, send } from './client.ts';
import { Problem } from './problem.ts';

const TOKENS = { access_token: 'x', token_type: 'Bearer', expires_in: 600, user: ERIKA };
const get = (path: string) => send(new Request(new URL(path, location.origin)));
const post = (path: string, headers = {}) =>
  send(new Request(new URL(path, location.origin), { method: 'POST', body: '{}', headers }));

beforeEach(() => setLanguage('de'));

describe('an expired access token', () => {
  it('is renewed once for many requests, which are all repeated', async () => {
    let isExpired = true;
    const server = fakeServer({
      'GET /api/fibu/*': () => (isExpired ? problem(401, {}) : { fine: true }),
      'POST /api/auth/refresh': () => {
        isExpired = false;
        return TOKENS;
      },
    });
    const answers = await Promise.all(['/api/fibu/a', '/api/fibu/b', '/api/fibu/c'].map(get));
    expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
      { fine: true },
      { fine: true },
      { fine: true },
    ]);
    expect(server.to('/api/auth/refresh')).toHaveLength(1);
  });

  it('repeats a booking with the same key and the same body', async () => {
    let isExpired = true;
    const server = fakeServer({
      'POST /api/fibu/entries': () => (isExpired ? problem(401, {}) : { id: 1 }),
      'POST /api/auth/refresh': () => {
        isExpired = false;
        return TOKENS;
      },
    });
    await post('/api/fibu/entries');
    const [first, second] = server.to('/api/fibu/entries');
    expect(second?.headers.get('idempotency-key')).toBe(first?.headers.get('idempotency-key'));
    expect(second?.body).toEqual(first?.body);
  });
});

describe('an expired session', () => {
  it('keeps requests waiting until the person has signed in again', async () => {
    let isOver = false;
    fakeServer({
      'GET /api/auth/me': () => ERIKA,
      'GET /api/fibu/a': () => (isOver ? problem(401, {}) : { fine: true }),
      'POST /api/auth/refresh': () => problem(401, {}),
      'POST /api/auth/login': () => {
        isOver = false;
        return TOKENS;
      },
    });
    await restoreSession();
    isOver = true;
    const answer = get('/api/fibu/a');
    await vi.waitFor(() => expect(currentSession().status).toBe('expired'));
    await signIn(ERIKA.email, 'geheim');
    expect(await (await answer).json()).toEqual({ fine: true });
    expect(currentSession().status).toBe('signed-in');
  });
});

describe('what goes wrong', () => {
  it('speaks with the words of the service', async () => {
    fakeServer({
      'GET /api/fibu/a': () =>
        problem(422, {
          code: 'EntryUnbalanced',
          detail: 'Soll und Haben unterscheiden sich um 0,01 EUR.',
          errors: [{ pointer: '/lines/0', code: 'x', detail: 'Hier.' }],
        }),
    });
    const error = await get('/api/fibu/a').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({
      status: 422,
      code: 'EntryUnbalanced',
      message: 'Soll und Haben unterscheiden sich um 0,01 EUR.',
      fields: [{ pointer: '/lines/0', code: 'x', detail: 'Hier.' }],
    });
  });

  it('has words of its own where the service had none', async () => {
    fakeServer({ 'GET /api/fibu/a': () => new Response('<html>bad gateway</html>', { status: 502 }) });
    await expect(get('/api/fibu/a')).rejects.toMatchObject({
      status: 502,
      message: expect.stringContaining('antwortet gerade nicht'),
      isTransient: true,
    });
  });

  it('says in the language of the page that there is no connection', async () => {
    fakeServer({ 'GET /api/fibu/a': offline });
    await expect(get('/api/fibu/a')).rejects.toMatchObject({ status: 0, isTransient: true });
    setLanguage('en');
    await expect(get('/api/fibu/a')).rejects.toThrow('No connection to the server');
  });
});

describe('every request', () => {
  it('asks for the language of the page', async () => {
    const server = fakeServer({ 'GET /api/fibu/a': () => ({}) });
    setLanguage('en');
    await get('/api/fibu/a');
    expect(server.requests[0]?.headers.get('accept-language')).toBe('en');
  });

  it('carries a key of its own when it changes something, unless it was given one', async () => {
    const server = fakeServer({ 'POST /api/fibu/a': () => ({}) });
    await post('/api/fibu/a');
    await post('/api/fibu/a');
    await post('/api/fibu/a', { 'idempotency-key': 'mine' });
    const keys = server.requests.map(({ headers }) => headers.get('idempotency-key'));
    expect(new Set(keys).size).toBe(3);
    expect(keys[2]).toBe('mine');
  });

  it('can be typed by the paths of a service', async () => {
    interface Paths {
      '/api/x/{id}': {
        get: {
          parameters: { path: { id: string } };
          responses: { 200: { content: { 'application/json': { name: string } } } };
        };
      };
    }
    fakeServer({ 'GET /api/x/7': () => ({ name: 'sieben' }) });
    const found = await dataOf(createApi<Paths>().GET('/api/x/{id}', { params: { path: { id: '7' } } }));
    expect(found.name).toBe('sieben');
  });
});
