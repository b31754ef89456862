import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cssVariablesResolver, ErrorState, Problem, theme, useSession } from '@valero/ui';
import { useEffect } from 'react';
import { createBrowserRouter } from 'react-router';
import { RouterProvider } from 'react-router/dom';
import { HomePage } from './home/home.page.tsx';
import { Layout } from './layout/layout.component.tsx';
import { ModulePage, NotFoundPage } from './modules/module.page.tsx';
import { ChangePasswordPage } from './session/change-password.page.tsx';
import { SignInPage } from './session/sign-in.page.tsx';
import { SignInAgainDialog } from './session/sign-in-again.dialog.tsx';
import { shellTexts } from './texts.ts';

const router = createBrowserRouter([
  {
    path: '/',
    Component: Layout,
    children: [
      { index: true, Component: HomePage },
      { path: ':module/*', Component: ModulePage },
      { path: '*', Component: NotFoundPage },
    ],
  },
]);

interface AppProps {
  client: QueryClient;
  /** Whether the server could be asked who is signed in. */
  isReachable: boolean;
}

export const App = ({ client, isReachable }: AppProps) => (
  <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
    <QueryClientProvider client={client}>
      <Notifications position="bottom-left" limit={4} />
      {isReachable ? <Entrance client={client} /> : <Unreachable />}
    </QueryClientProvider>
  </MantineProvider>
);

/** What is shown depends on who is there; the address stays the same meanwhile. */
function Entrance({ client }: { client: QueryClient }) {
  const { status, user } = useSession();

  useEffect(() => {
    if (status === 'signed-out') client.clear();
  }, [status, client]);

  if (status === 'must-change-password') return <ChangePasswordPage />;
  if (!user) return <SignInPage />;
  return (
    <>
      <RouterProvider router={router} />
      {status === 'expired' && <SignInAgainDialog user={user} />}
    </>
  );
}

const Unreachable = () => (
  <ErrorState
    title={shellTexts.use()('startFailed')}
    error={new Problem(0)}
    onRetry={() => location.reload()}
  />
);
