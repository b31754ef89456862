/** node ui/build/types.mjs: writes the types of every service's API from its openapi.json. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import openapi, { astToString } from 'openapi-typescript';
import { ROOT } from './places.mjs';

/** Which interface talks to which services. */
const READERS = {
  'ui/kit/src/gen': ['auth'],
  'services/fibu/ui/src/gen': ['fibu', 'beleg'],
  'services/observer/ui/src/gen': ['observer'],
};

for (const [folder, services] of Object.entries(READERS))
  for (const service of services) {
    const source = path.join(ROOT, 'services', service, 'openapi.json');
    if (!existsSync(source)) {
      process.stderr.write(`${service} has no openapi.json yet\n`);
      continue;
    }
    const types = astToString(await openapi(JSON.parse(readFileSync(source, 'utf8'))));
    mkdirSync(path.join(ROOT, folder), { recursive: true });
    writeFileSync(path.join(ROOT, folder, `${service}.d.ts`), types);
  }
