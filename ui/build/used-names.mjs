/** Which names of the large shared packages the product uses; only these are shipped. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { modules, ROOT } from './places.mjs';

/** Packages of which the product uses a small part. All others are shared as a whole. */
export const TRIMMED = ['@mantine/core', '@mantine/hooks', 'react-router'];

const IMPORT = /import\s+(type\s+)?\{([^}]*)\}\s+from\s+'([^']+)'/g;

const sources = () => [
  ...['ui/kit/src', 'ui/shell/src'].map((folder) => path.join(ROOT, folder)),
  ...modules().map(({ folder }) => path.join(folder, 'src')),
];

/** {package: [name, ...]} over the sources of the shell, the kit and all modules. */
export function usedNames() {
  const used = Object.fromEntries(TRIMMED.map((shared) => [shared, new Set()]));
  for (const folder of sources())
    for (const file of readdirSync(folder, { recursive: true }))
      if (/\.tsx?$/.test(file)) collect(readFileSync(path.join(folder, file), 'utf8'), used);
  return Object.fromEntries(Object.entries(used).map(([shared, names]) => [shared, [...names].sort()]));
}

function collect(source, used) {
  for (const [, isType, list, shared] of source.matchAll(IMPORT)) {
    if (isType || !used[shared]) continue;
    for (const item of list.split(',').map((text) => text.trim()))
      if (item && !item.startsWith('type ')) used[shared].add(item.split(/\s+as\s+/)[0]);
  }
}
