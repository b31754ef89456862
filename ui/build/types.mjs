/**
 * node ui/build/types.mjs [--check]
 * Writes the types of every service's API from its openapi.json; with --check, only tells whether
 * what is committed is still true.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import openapi, { astToString } from 'openapi-typescript';
import { ROOT } from './places.mjs';

/** Which part of the interface talks to which services. */
const READERS = {
  'ui/kit/src/gen': ['auth'],
  'services/fibu/ui/src/gen': ['fibu', 'beleg'],
  'services/observer/ui/src/gen': ['observer'],
};

const isCheck = process.argv.includes('--check');
const stale = [];

for (const [folder, services] of Object.entries(READERS))
  for (const service of services) {
    const target = path.join(ROOT, folder, `${service}.d.ts`);
    const types = await typesOf(service);
    if (existsSync(target) && readFileSync(target, 'utf8') === types) continue;
    stale.push(path.relative(ROOT, target));
    if (isCheck) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, types);
  }

if (isCheck && stale.length > 0) {
  process.stderr.write(`out of date: ${stale.join(', ')}; run "npm run types"\n`);
  process.exit(1);
}

async function typesOf(service) {
  const document = readFileSync(path.join(ROOT, 'services', service, 'openapi.json'), 'utf8');
  return astToString(await openapi(JSON.parse(document)));
}
