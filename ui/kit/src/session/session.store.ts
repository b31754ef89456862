/**
 * Who is signed in. Tokens live in HttpOnly cookies, out of reach of scripts; this store knows only
 * the user. An expired session keeps the page and its drafts: requests wait for the new sign-in.
 */
import { useSyncExternalStore } from 'react';
import { reachable, unreachable } from '../api/connection.store.ts';
import { Problem, problemFrom } from '../api/problem.ts';
import type { components } from '../gen/auth';
import { currentLanguage } from '../texts/texts.ts';

export type User = components['schemas']['UserOut'];
type Tokens = Pick<components['schemas']['TokenOut'], 'expires_in' | 'user'>;

export type Session =
  | { status: 'unknown' | 'signed-out'; user: null }
  | { status: 'signed-in' | 'must-change-password' | 'expired'; user: User };

const REFRESHED_AT = 'valero.session.refreshed_at';
const LIFETIME = 'valero.session.lifetime';
const DEFAULT_LIFETIME_SECONDS = 600;

let session: Session = { status: 'unknown', user: null };
const listeners = new Set<() => void>();
let waiting: (() => void)[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('valero.session');

function set(next: Session): void {
  session = next;
  for (const listener of listeners) listener();
  if (next.status === 'expired') return;
  for (const resume of waiting) resume();
  waiting = [];
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const currentSession = (): Session => session;
export const useSession = (): Session => useSyncExternalStore(subscribe, currentSession);

/** The signed-in user; only below a signed-in page. */
export function useUser(): User {
  const { user } = useSession();
  if (!user) throw new Error('useUser outside of a signed-in page');
  return user;
}

export const useCan = (permission: string): boolean =>
  useSession().user?.permissions.includes(permission) ?? false;

/** Sends to /api/auth without the renewal that every other request gets. Throws Problem. */
async function auth<T>(path: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(`/api/auth/${path}`, {
      ...init,
      headers: { 'content-type': 'application/json', 'accept-language': currentLanguage() },
    });
  } catch {
    unreachable();
    throw new Problem(0);
  }
  reachable();
  const body = await response.text();
  if (!response.ok) {
    const problem = problemFrom(response.status, response.headers.get('content-type'), body);
    throw problem.code === 'SecondFactorRequired' ? new SecondFactorRequired(response) : problem;
  }
  return (body ? JSON.parse(body) : undefined) as T;
}

const post = <T>(path: string, body?: unknown): Promise<T> =>
  auth<T>(path, { method: 'POST', ...(body !== undefined && { body: JSON.stringify(body) }) });

function enter(user: User): void {
  set({ status: user.must_change_password ? 'must-change-password' : 'signed-in', user });
  schedule();
}

function renewed(lifetimeSeconds: number): void {
  localStorage.setItem(REFRESHED_AT, String(Date.now()));
  localStorage.setItem(LIFETIME, String(lifetimeSeconds));
}

/** At the start of the page: are the cookies of an earlier visit still good? Throws when offline. */
export async function restoreSession(): Promise<void> {
  try {
    enter(await auth<User>('me'));
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status !== 401) throw problem;
    if (!(await refreshSession())) set({ status: 'signed-out', user: null });
  }
}

/** The password was right; a code has to follow. */
export class SecondFactorRequired extends Problem {
  readonly challenge: string;

  constructor(response: Response) {
    super(401);
    const asked = response.headers.get('www-authenticate') ?? '';
    this.challenge = /challenge="([^"]*)"/.exec(asked)?.[1] ?? '';
  }
}

/** Throws SecondFactorRequired, or Problem: 401 for wrong credentials, 429 when locked out. */
export const signIn = async (email: string, password: string): Promise<void> =>
  arrive(await post<Tokens>('login', { email, password }));

/** The second step: a code from the app, or one of the recovery codes. Throws Problem. */
export const signInWithCode = async (challenge: string, code: string): Promise<void> =>
  arrive(await post<Tokens>('login/code', { challenge, code }));

function arrive({ user, expires_in }: Tokens): void {
  const before = session.user?.id;
  if (before && before !== user.id) location.reload();
  renewed(expires_in);
  enter(user);
  channel?.postMessage({ signedIn: user.id });
}

/** All other sessions of the user end with it. Throws Problem. */
export async function changePassword(current: string, replacement: string): Promise<void> {
  const { user, expires_in } = await post<Tokens>('password', { current, new: replacement });
  renewed(expires_in);
  enter(user);
}

export async function signOut(): Promise<void> {
  await post('logout').catch(() => undefined);
  channel?.postMessage({ signedOut: true });
  leave();
}

function leave(): void {
  clearTimeout(timer);
  localStorage.removeItem(REFRESHED_AT);
  set({ status: 'signed-out', user: null });
}

let running: Promise<boolean> | null = null;

/**
 * Renews the cookies once for all tabs; false when the session is over. `since`: a renewal after
 * that instant by whichever tab is good enough. Throws Problem when the server cannot say.
 */
export function refreshSession(since: number = Date.now()): Promise<boolean> {
  running ??= exclusively(() => refreshUnlessNewer(since)).finally(() => {
    running = null;
  });
  return running;
}

async function refreshUnlessNewer(since: number): Promise<boolean> {
  if (Number(localStorage.getItem(REFRESHED_AT)) > since) return true;
  try {
    const { user, expires_in } = await post<Tokens>('refresh');
    renewed(expires_in);
    enter(user);
    return true;
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status !== 401) throw problem;
    if (session.user) set({ status: 'expired', user: session.user });
    return false;
  }
}

const exclusively = <T>(work: () => Promise<T>): Promise<T> =>
  navigator.locks ? Promise.resolve(navigator.locks.request('valero.session', work)) : work();

/** Resolves when the person has signed in again, or has left. */
export const signedInAgain = (): Promise<void> =>
  session.status === 'expired' ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();

function schedule(): void {
  clearTimeout(timer);
  const lifetime = Number(localStorage.getItem(LIFETIME)) || DEFAULT_LIFETIME_SECONDS;
  const age = (Date.now() - Number(localStorage.getItem(REFRESHED_AT))) / 1000;
  const seconds = Math.max(5, lifetime * 0.8 - age);
  const before = Date.now();
  timer = setTimeout(() => refreshSession(before).then(schedule, schedule), seconds * 1000);
}

channel?.addEventListener('message', ({ data }: MessageEvent<{ signedOut?: true; signedIn?: string }>) => {
  if (data.signedOut) leave();
  else if (session.user && data.signedIn !== session.user.id) location.reload();
  else if (session.status === 'expired') enter(session.user);
  else if (session.status === 'signed-out') void restoreSession();
});
