import { MantineProvider } from '@mantine/core';
import { Notifications, notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ReactNode } from 'react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { createQueryClient } from '../query/query-client.ts';
import type { User } from '../session/session.store.ts';
import { listenForShortcuts } from '../shortcuts/shortcuts.ts';
import { cssVariablesResolver, theme } from '../theme/theme.ts';

export const ERIKA: User = {
  id: '0193f6a0-0000-7000-8000-000000000001',
  name: 'Erika Sommer',
  email: 'erika@musterwerk.de',
  roles: ['buchhaltung'],
  permissions: ['beleg:read', 'beleg:receive', 'fibu:read', 'fibu:post', 'observer:read', 'observer:operate'],
  tenant: { id: '0193f6a0-0000-7000-8000-000000000002', name: 'Musterwerk GmbH' },
  must_change_password: false,
};

/** Renders at an address, inside everything that the shell provides. */
export function renderAt(address: string, children: ReactNode) {
  notifications.clean();
  const client = createQueryClient();
  client.setDefaultOptions({ queries: { ...client.getDefaultOptions().queries, retryDelay: 1 } });
  const router = createMemoryRouter([{ path: '*', element: children }], { initialEntries: [address] });
  const stopListening = listenForShortcuts();
  const view = render(
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} env="test">
      <QueryClientProvider client={client}>
        <Notifications />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>,
  );
  return {
    ...view,
    router,
    client,
    user: userEvent.setup({ delay: null }),
    unmount() {
      stopListening();
      view.unmount();
    },
  };
}
