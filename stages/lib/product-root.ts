import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder of this product: the nearest one above whose package.json is called `darkroom`. The same from the
 * sources and from `dist/`.
 * @throws Error when the product's files were taken apart
 */
export function productRoot(from: string = import.meta.url): string {
  for (let folder = dirname(fileURLToPath(from)); ; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && isOurs(readFileSync(manifest, 'utf8'))) return folder;
    if (dirname(folder) === folder) throw new Error(`No package.json of darkroom above ${fileURLToPath(from)}.`);
  }
}

function isOurs(text: string): boolean {
  const manifest = JSON.parse(text) as { readonly name?: unknown };
  return manifest.name === 'darkroom';
}
