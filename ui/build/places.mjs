/** Where things are: the workspace, its modules, and the folder that is served. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');
export const DIST = path.join(ROOT, 'dist');
export const SHELL = path.join(ROOT, 'ui/shell');
const SERVICES = path.join(ROOT, 'services');

const folderOf = (id) => path.join(SERVICES, id, 'ui');
const manifestOf = (id) => path.join(folderOf(id), 'manifest.json');

/** Every service that has an interface, with what its manifest says. */
export const modules = () =>
  readdirSync(SERVICES)
    .filter((id) => existsSync(manifestOf(id)))
    .sort()
    .map((id) => ({
      id,
      folder: folderOf(id),
      entry: path.join(folderOf(id), 'src/index.ts'),
      manifest: JSON.parse(readFileSync(manifestOf(id), 'utf8')),
    }));
