import './layers.css';
import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import '@mantine/spotlight/styles.layer.css';
import '@valero/ui/styles.css';
import './fonts.css';
import './shell.css';
import { createQueryClient, listenForShortcuts, restoreLanguage, restoreSession } from '@valero/ui';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { loadComponent, loadEntry } from './modules/load-module.ts';
import { registryQuery } from './modules/registry.resource.ts';

const FIRST_MODULE_MILLISECONDS = 400;

restoreLanguage();
listenForShortcuts();

const client = createQueryClient();
const registry = client.fetchQuery(registryQuery).catch(() => []);
const restored = restoreSession().then(
  () => true,
  () => false,
);

/** React shows a fallback for at least 300 ms once it has begun; so the first module comes first. */
async function loadFirstModule(): Promise<void> {
  const id = location.pathname.split('/')[1];
  const manifest = (await registry).find((module) => module.id === id);
  if (manifest) await loadComponent(manifest, 'App').catch(() => undefined);
}

await Promise.race([
  Promise.all([restored, loadFirstModule()]),
  restored.then(() => new Promise((resolve) => setTimeout(resolve, FIRST_MODULE_MILLISECONDS))),
]);

const root = document.getElementById('root');
if (root) createRoot(root).render(<App client={client} isReachable={await restored} />);

const whenIdle = window.requestIdleCallback ?? setTimeout;
whenIdle(async () => {
  for (const manifest of await registry) void loadEntry(manifest).catch(() => undefined);
});
