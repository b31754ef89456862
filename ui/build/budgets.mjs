/** What the first visit may weigh, in gzipped kilobytes; the build fails beyond it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { DIST, modules } from './places.mjs';

const SHELL_KILOBYTES = 450;
const MODULE_KILOBYTES = 30;

const read = (file) => readFileSync(path.join(DIST, file));
const kilobytes = (file) => gzipSync(read(file), { level: 9 }).length / 1024;
const sum = (files) => files.reduce((total, file) => total + kilobytes(file), 0);
const assets = (folder) =>
  readdirSync(path.join(DIST, folder))
    .filter((file) => /\.(js|css)$/.test(file))
    .map((file) => path.join(folder, file));

export function checkBudgets() {
  const { preload } = JSON.parse(read('importmap.json'));
  const vendor = preload.map((file) => file.slice(1));
  const lines = [['shell', sum([...vendor, 'shell/index.html', ...assets('shell/assets')]), SHELL_KILOBYTES]];
  for (const { id } of modules()) {
    const manifest = path.join('ui', id, 'manifest.json');
    if (!existsSync(path.join(DIST, manifest))) continue;
    lines.push([id, kilobytes(JSON.parse(read(manifest)).entry.slice(1)), MODULE_KILOBYTES]);
  }
  for (const [name, size, limit] of lines)
    process.stdout.write(`${name.padEnd(10)} ${size.toFixed(1).padStart(7)} KB of ${limit} KB\n`);
  const copies = assets('vendor').filter((file) => read(file).includes('react.dev/errors'));
  const tooLarge = lines.filter(([, size, limit]) => size > limit).map(([name]) => name);
  if (tooLarge.length > 0) throw new Error(`over budget: ${tooLarge.join(', ')}`);
  if (copies.length > 1) throw new Error(`react-dom stands in several files: ${copies.join(', ')}`);
}
