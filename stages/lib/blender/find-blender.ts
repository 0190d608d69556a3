import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../../../pipeline/core/user-error.js';
import { ParamsError } from '../../../pipeline/stage/params-error.js';

export interface BlenderSearch {
  /** What the pipeline file says (`with: { blender: … }`): a path, or a name to look up on the PATH. */
  readonly explicit?: string | undefined;
  /** `BLENDER` and `PATH` are looked at. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const hint =
  'Install it (sudo apt-get install blender python3-numpy, or https://www.blender.org/download), or say where ' +
  'it is: BLENDER=/path/to/blender, or `with: { blender: /path/to/blender }` in the pipeline file.';

/**
 * The absolute path of the Blender to use: the one that the pipeline file names, else `$BLENDER`, else the first
 * `blender` on the PATH. One that is named but is not there is an error; no other takes its place.
 * @throws UserError (a ParamsError where the pipeline file names it) that says what was looked for and how to get it
 */
export async function findBlender({ explicit, env }: BlenderSearch): Promise<string> {
  if (explicit)
    return named(explicit, env, (problem) => new ParamsError(['blender'], `The pipeline file names ${problem}`, { hint })); // prettier-ignore
  if (env['BLENDER'])
    return named(env['BLENDER'], env, (problem) => new UserError(`The environment variable BLENDER names ${problem}`, { hint })); // prettier-ignore
  const found = await onPath('blender', env);
  if (found === undefined) throw new UserError('There is no blender on the PATH.', { hint });
  return found;
}

async function named(
  name: string,
  env: BlenderSearch['env'],
  failure: (problem: string) => UserError,
): Promise<string> {
  const isPath = /[\\/]/.test(name);
  const found = isPath ? ((await isProgram(name)) ? resolve(name) : undefined) : await onPath(name, env);
  if (found !== undefined) return found;
  const problem = isPath ? 'there is no program that may be run' : 'no program of this name is on the PATH';
  throw failure(`"${name}" as Blender, but ${problem}.`);
}

async function onPath(name: string, env: BlenderSearch['env']): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(isAbsolute)) {
    if (await isProgram(join(folder, name))) return join(folder, name);
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
