/**
 * node ui/build/dev.mjs [--port 5173] [--api http://127.0.0.1:8000]
 * One server for the shell and all modules, straight from source, with hot replacement.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import react from '@vitejs/plugin-react';
import { createServer } from 'vite';
import { modules, ROOT, SHELL } from './places.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '5173' },
    api: { type: 'string', default: 'http://127.0.0.1:8000' },
  },
});

/** What the gateway answers in production, with the sources as entries. */
const registry = () =>
  modules().map(({ manifest, entry }) => ({ ...manifest, entry: `/@fs${entry}`, css: [], status: 'up' }));

const serveRegistry = {
  name: 'valero:registry',
  configureServer(server) {
    server.middlewares.use('/ui/registry.json', (_request, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(registry()));
    });
  },
};

const server = await createServer({
  configFile: false,
  root: SHELL,
  cacheDir: path.join(ROOT, 'node_modules/.vite-dev'),
  plugins: [react(), serveRegistry],
  resolve: { dedupe: ['react', 'react-dom'] },
  optimizeDeps: { entries: ['src/main.tsx', ...modules().map(({ entry }) => entry)] },
  server: {
    host: '127.0.0.1',
    port: Number(values.port),
    strictPort: true,
    fs: { allow: [ROOT] },
    proxy: { '/api': { target: values.api, headers: { origin: values.api } } },
  },
});
await server.listen();
server.printUrls();
