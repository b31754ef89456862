/** Builds the page itself into dist/shell, with the import map in it, and writes dist/csp.txt. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { COMMON, output } from './options.mjs';
import { DIST, SHELL } from './places.mjs';
import { keepShared } from './shared.mjs';

/** The import map has to stand before the first module script. */
const withImportMap = ({ imports, preload }) => ({
  name: 'valero:import-map',
  transformIndexHtml: {
    order: 'post',
    handler: (html) =>
      html.replace(
        '<!--importmap-->',
        [
          `<script type="importmap">${JSON.stringify({ imports })}</script>`,
          ...preload.map((file) => `<link rel="modulepreload" href="${file}">`),
        ].join('\n    '),
      ),
  },
});

export async function buildShell() {
  const map = JSON.parse(readFileSync(path.join(DIST, 'importmap.json'), 'utf8'));
  await build({
    ...COMMON,
    root: SHELL,
    plugins: [react(), keepShared(map.names), withImportMap(map)],
    build: output(path.join(DIST, 'shell')),
  });
  writeFileSync(
    path.join(DIST, 'csp.txt'),
    scriptPolicy(readFileSync(path.join(DIST, 'shell/index.html'), 'utf8')),
  );
}

/** Only our own files and exactly the inline scripts of the page may run. */
function scriptPolicy(html) {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)];
  const hashes = inline.map(([, code]) => `'sha256-${createHash('sha256').update(code).digest('base64')}'`);
  return `script-src 'self' ${hashes.join(' ')}`;
}
