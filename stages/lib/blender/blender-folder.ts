import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder `blender/` of the program, with what runs inside Blender: beside package.json, whether this file runs
 * as it is or compiled under dist/.
 */
export function blenderFolder(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'package.json'))) {
    if (dirname(folder) === folder) throw new Error(`There is no package.json above ${import.meta.dirname}.`);
    folder = dirname(folder);
  }
  return join(folder, 'blender');
}
