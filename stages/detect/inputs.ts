import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import fastGlob from 'fast-glob';
import { UserError } from '../../pipeline/core/user-error.js';

/** Something to look at. */
export type DetectInput =
  | { readonly type: 'image'; readonly path: string; readonly name: string }
  | { readonly type: 'video'; readonly path: string; readonly name: string }
  | { readonly type: 'camera'; readonly device: string; readonly name: string };

const images = new Set(['.jpg', '.jpeg', '.png', '.webp', '.tif', '.tiff', '.gif', '.avif', '.bmp']);
const videos = new Set(['.mp4', '.mov', '.mkv', '.avi', '.webm', '.m4v', '.mpg', '.mpeg', '.ts', '.mjpeg']);

/**
 * What the words of `pipeline detect` name: images, folders of images, videos, and cameras as `camera:DEVICE`. Each file
 * counts once, and names are unique.
 * @param drawnInto a folder that is no input, though it may lie in one: what was drawn before
 * @throws UserError for what is not there, or is nothing to look at
 */
export async function detectInputs(
  words: readonly string[],
  directory: string,
  drawnInto?: string,
): Promise<DetectInput[]> {
  const inputs: DetectInput[] = [];
  for (const word of words) {
    if (word.startsWith('camera:')) {
      inputs.push({ type: 'camera', device: word.slice('camera:'.length), name: word });
      continue;
    }
    const path = resolve(directory, word);
    if (!existsSync(path))
      throw new UserError(`There is no image, folder or video ${path}.`, {
        hint: 'A camera is called camera:DEVICE, as in camera:/dev/video0.',
      });
    if (statSync(path).isDirectory()) inputs.push(...(await imagesIn(path, drawnInto)));
    else inputs.push(fileInput(path));
  }
  return withNames(inputs);
}

async function imagesIn(folder: string, drawnInto: string | undefined): Promise<DetectInput[]> {
  const isDrawn = (name: string): boolean =>
    drawnInto !== undefined && drawnInto !== folder && resolve(folder, name).startsWith(drawnInto + sep);
  const names = (await fastGlob('**/*', { cwd: folder })).filter(
    (name) => images.has(extname(name).toLowerCase()) && !isDrawn(name),
  );
  if (names.length === 0)
    throw new UserError(`${folder} has no images in it.`, { hint: `Looked for ${[...images].join(', ')}.` });
  return names.sort().map((name) => ({ type: 'image', path: resolve(folder, name), name }));
}

function fileInput(path: string): DetectInput {
  const ending = extname(path).toLowerCase();
  if (videos.has(ending)) return { type: 'video', path, name: basename(path) };
  if (images.has(ending)) return { type: 'image', path, name: basename(path) };
  throw new UserError(`${path} is neither an image nor a video by its ending.`, {
    hint: `Images: ${[...images].join(', ')}. Videos: ${[...videos].join(', ')}.`,
  });
}

/** Each file once; where two would be called the same, all of them by their paths from the folder above them all. */
function withNames(inputs: readonly DetectInput[]): DetectInput[] {
  const idOf = (input: DetectInput): string => ('path' in input ? input.path : input.name);
  const once = [...new Map(inputs.map((input) => [idOf(input), input])).values()];
  if (new Set(once.map(({ name }) => name)).size === once.length) return once;
  const above = once
    .flatMap((input) => ('path' in input ? [dirname(input.path)] : []))
    .reduce((common, folder) => {
      let shared = common;
      while (relative(shared, folder).split(sep)[0] === '..') shared = dirname(shared);
      return shared;
    });
  return once.map((input) =>
    'path' in input ? { ...input, name: relative(above, input.path).split(sep).join('/') } : input,
  );
}
