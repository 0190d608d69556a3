import { posix } from 'node:path';
import fastGlob from 'fast-glob';

/** File names that images have. */
const extensions = ['jpg', 'jpeg', 'png', 'webp', 'bmp', 'gif', 'tif', 'tiff', 'avif'];

/** Whether a file is called like an image. */
export const imageName = new RegExp(`\\.(${extensions.join('|')})$`, 'i');

/** The glob of all images below a folder; extensions in small or capital letters. */
export function imagePattern(folder: string): string {
  return `${fastGlob.escapePath(folder)}/**/*.{${[...extensions, ...extensions.map((name) => name.toUpperCase())].join(',')}}`;
}

/** Where a dataset's images are unless something else is said: with the annotations, or above their folder. */
export function defaultImagesFolder(path: string, isFile: boolean): string {
  if (!isFile) return path;
  const folder = posix.dirname(path);
  return posix.basename(folder) === 'annotations' ? posix.dirname(folder) : folder;
}
