import { defineModule } from '@valero/ui';

export default defineModule({
  id: 'fibu',
  App: () => import('./app.tsx'),
  Home: () => import('./home.slot.tsx'),
  search: async (query, signal) => (await import('./search.resource.ts')).search(query, signal),
});
