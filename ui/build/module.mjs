/** Builds one micro-frontend into dist/ui/<id> with the manifest that its service serves. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { COMMON, output } from './options.mjs';
import { DIST } from './places.mjs';
import { keepShared } from './shared.mjs';

export async function buildModule({ id, folder, entry, manifest }) {
  const target = path.join(DIST, 'ui', id);
  const { names } = JSON.parse(readFileSync(path.join(DIST, 'importmap.json'), 'utf8'));
  const { output: files } = await build({
    ...COMMON,
    root: folder,
    base: `/ui/${id}/`,
    plugins: [react(), keepShared(names)],
    build: output(target, {
      input: { index: entry },
      preserveEntrySignatures: 'strict',
      output: {
        format: 'es',
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    }),
  });
  const start = files.find(({ type, isEntry }) => type === 'chunk' && isEntry);
  const styles = files.filter(({ fileName }) => fileName.endsWith('.css'));
  const served = {
    ...manifest,
    entry: `/ui/${id}/${start.fileName}`,
    css: styles.map(({ fileName }) => `/ui/${id}/${fileName}`),
  };
  writeFileSync(path.join(target, 'manifest.json'), JSON.stringify(served, null, 1));
}
