/**
 * The last step of `npm run build`: the program's entries as a few files with the packages in them that every start
 * needs. Loading two hundred small modules takes longer than a run with nothing to do. The compiled modules stay
 * beside it under dist/: worker threads and whoever imports a single module use those.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { build } from 'esbuild';

const root = dirname(import.meta.dirname);
const chunksFolder = join(root, 'dist/chunks');
/** A run that began before this build loads further parts of its own build as it goes. */
const chunksKeptMs = 14 * 24 * 3600 * 1000;

const entryPoints = ['stages/main.ts', 'stages/authoring.ts', 'test/bench/program.ts'];

/** What every start loads. All other packages are loaded from node_modules, where and when they are used. */
const packagesInside = new Set([
  'canonicalize',
  'commander',
  'eta',
  'fast-glob',
  'leven',
  'p-queue',
  'picocolors',
  'picomatch',
  'yaml',
  'zod',
]);

/** @type {import('esbuild').Plugin} */
const packages = {
  name: 'packages',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      if (kind === 'entry-point') return undefined;
      const words = path.split('/').slice(0, path.startsWith('@') ? 2 : 1);
      const inside = importer.includes('/node_modules/') || packagesInside.has(words.join('/'));
      // A dynamic import is for somebody who wants the package as a whole: stages of the user's.
      return inside && kind !== 'dynamic-import' ? undefined : { path, external: true };
    });
  },
};

/** @type {import('esbuild').Plugin} */
const ownModules = {
  name: 'own-modules',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      // As a namespace, what is not used of zod (its fifty languages) stays away.
      const named = text.replace(/^import (type )?\{ z \} from 'zod'/m, "import $1* as z from 'zod'");
      return { contents: inPlace(named, path), loader: 'ts' };
    });
  },
};

/**
 * A module's text in which `import.meta` is that of the compiled module, wherever the text comes to lie: workers,
 * templates and packages are found from there. All that has such a place ends in a folder directly below dist/.
 * @param {string} text
 * @param {string} path
 */
function inPlace(text, path) {
  if (!text.includes('import.meta')) return text;
  const compiled = relative(root, path).replaceAll(sep, '/').replace(/\.ts$/, '.js');
  const url = `new URL(${JSON.stringify(`../${compiled}`)}, import.meta.url)`;
  const placed = text.replaceAll(/import\.meta\.(\w+)/g, (whole, /** @type {string} */ property) => {
    switch (property) {
      case 'url':
        return `${url}.href`;
      case 'filename':
        return `pathOf$(${url})`;
      case 'dirname':
        return `folderOf$(pathOf$(${url}))`;
      default:
        throw new Error(`${path} uses ${whole}: say in ${basename(import.meta.filename)} what it is.`);
    }
  });
  return `${placed}
import { fileURLToPath as pathOf$ } from 'node:url';
import { dirname as folderOf$ } from 'node:path';
`;
}

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints,
  outbase: root,
  outdir: join(root, 'dist'),
  allowOverwrite: true,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
  // Packages of the older kind ask for Node's own modules by require.
  banner: {
    js: "import { createRequire as createRequire$ } from 'node:module'; const require = createRequire$(import.meta.url);",
  },
  plugins: [packages, ownModules],
});

const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
for (const name of await readdir(chunksFolder)) {
  const path = join(chunksFolder, name);
  if (!made.has(name) && Date.now() - (await stat(path)).mtimeMs > chunksKeptMs) await rm(path);
}
