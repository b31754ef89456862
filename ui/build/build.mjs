/**
 * node ui/build/build.mjs [vendor] [shell] [<module>...]   without names: everything
 * Writes dist/{vendor,shell,ui/<module>,importmap.json,csp.txt} and holds the result to its budgets.
 */
import { mkdirSync } from 'node:fs';
import { checkBudgets } from './budgets.mjs';
import { buildModule } from './module.mjs';
import { DIST, modules } from './places.mjs';
import { buildShell } from './shell.mjs';
import { buildVendor } from './vendor.mjs';

process.env.NODE_ENV = 'production';
const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.includes(name);

const known = ['vendor', 'shell', ...modules().map(({ id }) => id)];
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`Nothing is called ${unknown.join(', ')}; there are ${known.join(', ')}.\n`);
  process.exit(2);
}

mkdirSync(DIST, { recursive: true });
if (isWanted('vendor')) await buildVendor();
if (isWanted('shell')) await buildShell();
for (const module of modules()) if (isWanted(module.id)) await buildModule(module);
checkBudgets();
