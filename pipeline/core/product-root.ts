import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder that Darkroom itself lies in: the nearest one above this file whose package.json is called `darkroom`.
 * Sources and the built program lie at different depths below it; templates and Blender's scripts are found from it.
 * @param from where to start, as import.meta.url spells it
 * @throws Error when no folder above is Darkroom's
 */
export function productRoot(from: string = import.meta.url): string {
  const start = dirname(fileURLToPath(from));
  for (let folder = start; ; folder = dirname(folder)) {
    if (nameOf(join(folder, 'package.json')) === 'darkroom') return folder;
    if (folder === dirname(folder))
      throw new Error(
        `No folder above ${start} has Darkroom's package.json: the installation is not complete.`,
      );
  }
}

function nameOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined;
}
