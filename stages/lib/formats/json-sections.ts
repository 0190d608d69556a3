import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { hasErrorCode } from '../../../pipeline/core/error-code.js';
import { UserError } from '../../../pipeline/core/user-error.js';
import { readJsonElements } from './json-elements.js';

/** Takes an element of one list. @param index its number, from 0 */
type Taker = (element: unknown, index: number) => void;

/** Up to this size a file is parsed at once, which is faster. */
const wholeBytes = 2 ** 26;

/**
 * Reads a JSON file of any size: either one list (the section `''`), or an object some of whose members are lists.
 * Elements of the wanted sections are handed on in their order; everything else is skipped, not kept.
 * @returns the names of the sections that were found
 * @throws UserError that names the file, the line and the element for what is no JSON
 */
export async function readJsonSections(
  path: string,
  sections: Readonly<Record<string, Taker>>,
): Promise<ReadonlySet<string>> {
  const takers = new Map(Object.entries(sections));
  const found = new Set<string>();
  try {
    const whole = (await stat(path)).size <= wholeBytes ? parsed(await readFile(path, 'utf8')) : undefined;
    if (whole !== undefined) {
      for (const [name, elements] of Array.isArray(whole) ? [['', whole] as const] : Object.entries(whole)) {
        const taker = takers.get(name);
        if (!taker || !Array.isArray(elements)) continue;
        found.add(name);
        for (const [index, element] of elements.entries()) taker(element, index);
      }
      return found;
    }
    const input = createReadStream(path, { highWaterMark: 2 ** 20 });
    for await (const { list, index, value } of readJsonElements(input, path, new Set(takers.keys()), found))
      takers.get(list)?.(value, index);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new UserError(`There is no file ${path}.`);
    if (hasErrorCode(error, 'EISDIR')) throw new UserError(`${path} is a folder, not a JSON file.`);
    throw error;
  }
  return found;
}

/** The value when it is an array or an object; undefined for what the scan has to look at, and to complain of. */
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
