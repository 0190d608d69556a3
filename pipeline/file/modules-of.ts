import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { digestOfBytes } from '../core/digest.js';
import { hasErrorCode } from '../core/error-code.js';
import type { KindModule } from '../stage/definition.js';

/** Specifiers of imports that begin with a dot: `from './x.js'`, `import './x.js'`, `import('./x.js')`, `require('./x')`. */
const relativeImport = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*(['"])(\.{1,2}\/[^'"\n]+)\1/g;

/** A module and everything that it imports by a relative path, in the order of the imports. */
export async function modulesOf(path: string): Promise<readonly KindModule[]> {
  return [...(await moduleTexts(path))].map(([file, text]) => ({
    path: file,
    name: relative(dirname(path), file),
    digest: digestOfBytes(text),
  }));
}

/** The texts of those modules: path → text. */
export async function moduleTexts(path: string): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const queue = [path];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (texts.has(next)) continue;
    const text = await readFile(next, 'utf8');
    texts.set(next, text);
    for (const [, , specifier = ''] of text.matchAll(relativeImport)) {
      const found = await resolveImport(resolve(dirname(next), specifier));
      if (found !== undefined) queue.push(found);
    }
  }
  return texts;
}

/** The file that an import means: TypeScript may be imported by the name that it is compiled to, or without its end. */
async function resolveImport(path: string): Promise<string | undefined> {
  const typescript = path.replace(/\.([mc]?)js$/, '.$1ts');
  const ends = ['.ts', '.mts', '.js', '.mjs', '.json', '/index.ts', '/index.js'];
  for (const candidate of [path, typescript, ...ends.map((end) => `${path}${end}`)])
    if (await isFile(candidate)) return candidate;
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  try {
    await readFile(path);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'EISDIR', 'ENOTDIR')) return false;
    throw error;
  }
}
