import { screen, waitFor } from '@testing-library/react';
import { currentSession, restoreSession, setLanguage, signOut, useSession } from '@valero/ui';
import { ERIKA, fakeServer, problem, renderAt } from '@valero/ui/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { ChangePasswordPage } from './change-password.page.tsx';
import { SignInPage } from './sign-in.page.tsx';

const NEW = { ...ERIKA, permissions: [], must_change_password: true };
const tokens = (user: typeof ERIKA) => ({ access_token: 'x', token_type: 'Bearer', expires_in: 600, user });

function Entrance() {
  const { status } = useSession();
  if (status === 'must-change-password') return <ChangePasswordPage />;
  if (status === 'signed-in') return <p>Willkommen</p>;
  return <SignInPage />;
}

beforeEach(async () => {
  setLanguage('de');
  fakeServer({ 'POST /api/auth/logout': () => new Response(null, { status: 204 }) });
  await signOut();
});

describe('signing in', () => {
  it('asks for both before it asks the server', async () => {
    const server = fakeServer({});
    const { user } = renderAt('/', <Entrance />);
    await user.click(screen.getByRole('button', { name: 'Anmelden' }));
    expect(screen.getByLabelText('E-Mail-Adresse')).toBeInvalid();
    expect(screen.getByText('Bitte das Kennwort eingeben.')).toBeVisible();
    expect(server.requests).toHaveLength(0);
  });

  it('says what the server says about wrong credentials, and keeps the address', async () => {
    fakeServer({
      'POST /api/auth/login': () => problem(401, { detail: 'Adresse oder Kennwort stimmt nicht.' }),
    });
    const { user } = renderAt('/', <Entrance />);
    await user.type(screen.getByLabelText('E-Mail-Adresse'), 'erika@musterwerk.de');
    await user.type(screen.getByLabelText('Kennwort'), 'falsch{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('Adresse oder Kennwort stimmt nicht.');
    expect(screen.getByLabelText('E-Mail-Adresse')).toHaveValue('erika@musterwerk.de');
  });

  it('asks for a code where the account has a second factor', async () => {
    const server = fakeServer({
      'POST /api/auth/login': () =>
        Response.json(
          { status: 401, code: 'SecondFactorRequired' },
          {
            status: 401,
            headers: {
              'content-type': 'application/problem+json',
              'www-authenticate': 'SecondFactor challenge="abc.def", expires_in=300, methods="totp recovery"',
            },
          },
        ),
      'POST /api/auth/login/code': ({ body }) =>
        JSON.stringify(body).includes('123456')
          ? tokens(ERIKA)
          : problem(401, { detail: 'Der Code stimmt nicht.' }),
    });
    const { user } = renderAt('/', <Entrance />);
    await user.type(screen.getByLabelText('E-Mail-Adresse'), 'erika@musterwerk.de');
    await user.type(screen.getByLabelText('Kennwort'), 'richtig{Enter}');
    await user.type(await screen.findByLabelText(/^Code/), '000000{Enter}');
    expect(await screen.findByRole('alert')).toHaveTextContent('Der Code stimmt nicht.');
    await user.clear(screen.getByLabelText(/^Code/));
    await user.type(screen.getByLabelText(/^Code/), '123456{Enter}');
    expect(await screen.findByText('Willkommen')).toBeVisible();
    expect(server.to('/api/auth/login/code')[1]?.body).toEqual({ challenge: 'abc.def', code: '123456' });
  });

  it('works in English without a reload', async () => {
    const { user } = renderAt('/', <Entrance />);
    await user.click(screen.getByRole('button', { name: 'English' }));
    expect(screen.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    expect(document.documentElement.lang).toBe('en');
  });

  it('is possible with the cookies of an earlier visit', async () => {
    fakeServer({ 'GET /api/auth/me': () => problem(401, {}), 'POST /api/auth/refresh': () => tokens(ERIKA) });
    await restoreSession();
    expect(currentSession()).toMatchObject({ status: 'signed-in', user: { name: 'Erika Sommer' } });
  });
});

describe('the first sign-in', () => {
  async function firstSignIn() {
    const server = fakeServer({
      'POST /api/auth/login': () => tokens(NEW),
      'POST /api/auth/password': () => tokens(ERIKA),
    });
    const view = renderAt('/', <Entrance />);
    await view.user.type(screen.getByLabelText('E-Mail-Adresse'), ERIKA.email);
    await view.user.type(screen.getByLabelText('Kennwort'), 'einmal-kennwort{Enter}');
    await screen.findByRole('heading', { name: 'Neues Kennwort festlegen' });
    return { ...view, server };
  }
  const field = (name: string) => screen.getByLabelText(name, { exact: true });

  it('leads to a new password before anything else', async () => {
    const { user, server } = await firstSignIn();
    await user.type(field('Bisheriges Kennwort'), 'einmal-kennwort');
    await user.type(field('Neues Kennwort'), 'Lampe Fjord Kamel');
    await user.type(field('Neues Kennwort wiederholen'), 'Lampe Fjord Kamel');
    expect(screen.getAllByText(': erfüllt', { exact: false })).toHaveLength(3);
    await user.click(screen.getByRole('button', { name: 'Kennwort speichern und weiter' }));
    await waitFor(() => expect(screen.getByText('Willkommen')).toBeVisible());
    expect(server.to('/api/auth/password')[0]?.body).toEqual({
      current: 'einmal-kennwort',
      new: 'Lampe Fjord Kamel',
    });
  });

  it('says which rules are still open, and sends nothing before they are met', async () => {
    const { user, server } = await firstSignIn();
    await user.type(field('Neues Kennwort'), 'kurz');
    await user.click(screen.getByRole('button', { name: 'Kennwort speichern und weiter' }));
    expect(screen.getByRole('alert')).toHaveTextContent('Mindestens 12 Zeichen: noch offen');
    expect(field('Bisheriges Kennwort')).toBeInvalid();
    expect(server.to('/api/auth/password')).toHaveLength(0);
  });
});
