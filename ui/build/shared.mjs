/**
 * What the page holds exactly once and names in its import map: the contract between the shell and
 * the micro-frontends. Everything else a module needs, it bundles itself.
 */

/** Loaded with the first page. */
export const EAGER = [
  'react',
  'react/jsx-runtime',
  'react-dom',
  'react-dom/client',
  'react-router',
  'react-router/dom',
  '@tanstack/react-query',
  '@mantine/core',
  '@mantine/hooks',
  '@mantine/notifications',
  '@mantine/spotlight',
  '@valero/ui',
];

/** Loaded when the first module asks for it. */
export const LAZY = ['@valero/ui/grid'];

export const SHARED = [...EAGER, ...LAZY];

/** Published as CommonJS only: their names have to be listed when they are rebuilt as modules. */
export const COMMON_JS = new Set(['react', 'react/jsx-runtime', 'react-dom', 'react-dom/client']);

/** "@mantine/core" for "@mantine/core/styles.css" */
const packageOf = (id) =>
  id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/');

const sharedPackages = new Set(SHARED.map(packageOf));

const isStyle = (id) => id.endsWith('.css');

/**
 * Keeps shared packages out of a bundle. Refuses private copies, paths that are not in the map, and
 * names that the built vendor files do not have (`names` of dist/importmap.json).
 */
export const keepShared = (names) => ({
  name: 'valero:keep-shared',
  enforce: 'pre',
  resolveId(id) {
    if (SHARED.includes(id)) return { id, external: true };
    if (sharedPackages.has(packageOf(id)) && !isStyle(id))
      this.error(`"${id}" is not in the import map (ui/build/shared.mjs)`);
  },
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle).filter(({ type }) => type === 'chunk')) {
      const second = chunk.moduleIds.find(isSecondCopy);
      if (second) this.error(`bundled a second time: ${second}`);
      const missing = importedNames(this.parse(chunk.code)).find(
        ([shared, name]) => names[shared] && !names[shared].includes(name),
      );
      if (missing)
        this.error(`dist/vendor has no "${missing[1]}" of ${missing[0]}: run the build without arguments`);
    }
  },
});

function isSecondCopy(module) {
  const [, owner] = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(module) ?? [];
  return Boolean(owner) && sharedPackages.has(owner) && !isStyle(module);
}

/** [package, name] of every import in a parsed chunk. */
const importedNames = ({ body }) =>
  body
    .filter(({ type }) => type === 'ImportDeclaration')
    .flatMap(({ source, specifiers }) =>
      specifiers.filter(({ imported }) => imported).map(({ imported }) => [source.value, imported.name]),
    );
