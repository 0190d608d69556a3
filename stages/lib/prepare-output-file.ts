import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../../pipeline/core/user-error.js';

/**
 * Makes the folder of a file that a command will write at its end, so that nothing is computed in vain.
 * @throws UserError where no file can be
 */
export async function prepareOutputFile(path: string): Promise<void> {
  await makeOutputFolder(dirname(path));
  if ((await stat(path).catch(() => undefined))?.isDirectory())
    throw new UserError(`${path} is a folder; a file is written.`, { hint: `As in ${join(path, 'results.json')}.` }); // prettier-ignore
}

/** @throws UserError where no folder can be */
export async function makeOutputFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`The folder ${folder} cannot be made: ${reason}`, { cause: error });
  }
}
