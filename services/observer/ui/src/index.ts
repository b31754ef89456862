import { defineModule } from '@valero/ui';

export default defineModule({
  id: 'observer',
  App: () => import('./app.tsx'),
  Home: () => import('./home.slot.tsx'),
});
