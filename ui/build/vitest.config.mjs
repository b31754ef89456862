import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { ROOT } from './places.mjs';

export default defineConfig({
  root: ROOT,
  cacheDir: path.join(ROOT, 'node_modules/.vite-test'),
  plugins: [react()],
  test: {
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'http://localhost:3000/' } },
    include: ['ui/**/*.test.{ts,tsx}', 'services/*/ui/**/*.test.{ts,tsx}'],
    setupFiles: [path.join(import.meta.dirname, 'vitest.setup.ts')],
    css: false,
    testTimeout: 30_000,
    restoreMocks: true,
    unstubGlobals: true,
    env: { TZ: 'Europe/Berlin' },
  },
});
