import { existsSync, statSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
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
 * What the words of `pipeline detect` name: images, folders of images, videos, and cameras as `camera:DEVICE`.
 * @throws UserError for what is not there, or is nothing to look at
 */
export async function detectInputs(words: readonly string[], directory: string): Promise<DetectInput[]> {
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
    if (statSync(path).isDirectory()) inputs.push(...(await imagesIn(path)));
    else inputs.push(fileInput(path));
  }
  return inputs;
}

async function imagesIn(folder: string): Promise<DetectInput[]> {
  const names = (await fastGlob('**/*', { cwd: folder })).filter((name) =>
    images.has(extname(name).toLowerCase()),
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
