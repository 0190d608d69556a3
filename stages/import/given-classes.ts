import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { SourceFile } from '../../pipeline/stage/context.js';
import type { GivenClasses } from '../lib/formats/format.js';

/**
 * The class list that the params name.
 * @param classes the list itself, or the path of a file with it
 * @param file    that file, as the stage declared it
 */
export async function givenClasses(
  classes: string | readonly string[] | undefined,
  file: SourceFile | undefined,
): Promise<GivenClasses | undefined> {
  if (classes === undefined) return undefined;
  if (typeof classes !== 'string') return { file: 'classes', text: classes.join('\n') };
  return file && { file: basename(file.path), text: await readFile(file.path, 'utf8') };
}
