import { extname, join, resolve } from 'node:path';
import { UserError } from '../../pipeline/core/user-error.js';
import { makeOutputFolder, prepareOutputFile } from '../lib/prepare-output-file.js';
import type { DetectInput } from './inputs.js';
import type { DetectOptions } from './options.js';

/** Where results are written: absolute paths in folders that are there. */
export interface OutputFiles {
  readonly results?: { readonly path: string; readonly form: 'json' | 'csv' };
  readonly coco?: { readonly path: string; readonly images: string };
  /** What is drawn of an input. */
  readonly drawn?: (input: DetectInput) => string;
}

/**
 * Makes the folders that results go to, before anything is looked at: nothing is lost at the end, and no input is
 * overwritten.
 * @throws UserError for what cannot be written
 */
export async function prepareOutputs(
  { out, coco, draw }: Pick<DetectOptions, 'out' | 'coco' | 'draw'>,
  inputs: readonly DetectInput[],
  directory: string,
): Promise<OutputFiles> {
  const drawn = draw === undefined ? undefined : (input: DetectInput) => drawnPath(resolve(directory, draw), input); // prettier-ignore
  const results = out === undefined ? undefined : { path: resolve(directory, out), form: formOf(out) };
  const cocoPath = coco === undefined ? undefined : resolve(directory, coco);
  const files = {
    ...(results ? { results } : {}),
    ...(cocoPath === undefined
      ? {}
      : { coco: { path: cocoPath, images: cocoPath.replace(/(\.json)?$/, '.images.json') } }),
    ...(drawn ? { drawn } : {}),
  };
  const read = new Set(inputs.flatMap((input) => ('path' in input ? [input.path] : [])));
  const written = new Map<string, string>();
  for (const input of drawn ? inputs : []) {
    const path = drawn?.(input) ?? '';
    if (read.has(path))
      throw new UserError(`${path} would be drawn over itself.`, {
        hint: 'Let --draw name another folder than that of the inputs.',
      });
    const other = written.get(path);
    if (other !== undefined)
      throw new UserError(`${other} and ${input.name} would both be drawn into ${path}.`, {
        hint: 'Look at them one after the other, with a folder for each.',
      });
    written.set(path, input.name);
  }
  for (const path of [files.results?.path, files.coco?.path, files.coco?.images])
    if (path !== undefined) await prepareOutputFile(path);
  if (draw !== undefined) await makeOutputFolder(resolve(directory, draw));
  return files;
}

function formOf(out: string): 'json' | 'csv' {
  const ending = extname(out).toLowerCase();
  if (ending === '.json') return 'json';
  if (ending === '.csv') return 'csv';
  throw new UserError(`--out ${out} ends neither in .json nor in .csv.`, {
    hint: 'The ending says what is written.',
  });
}

/** Images keep their names and folders; films become .mp4 beside each other. */
function drawnPath(folder: string, input: DetectInput): string {
  if (input.type !== 'image')
    return join(folder, `${input.name.replace(/[/\\:]/g, '_').replace(/\.[^.]+$/, '')}.mp4`);
  return join(folder, input.name);
}
