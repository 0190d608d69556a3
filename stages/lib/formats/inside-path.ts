import { realpath } from 'node:fs/promises';
import { isAbsolute, posix, relative, resolve, sep } from 'node:path';
import { annotationError, type AnnotationPlace } from './annotation-place.js';
import { optionWords } from './option-words.js';

/**
 * A path that an annotation file names, as a path below the folder where it must stay; `undefined` when it leads
 * elsewhere. Backslashes are Windows' separators. Pure: links are another matter (`leavesThroughLink`).
 * @param folder absolute
 */
export function pathBelow(folder: string, written: string): string | undefined {
  const slashed = written.replaceAll('\\', '/');
  if (/^[a-z]:\//i.test(slashed)) return undefined;
  const below = isAbsolute(slashed)
    ? relative(folder, resolve(slashed)).split(sep).join('/')
    : posix.normalize(slashed);
  if (below === '' || below === '.' || below === '..' || below.startsWith('../') || isAbsolute(below))
    return undefined;
  return below.replace(/^\.\//, '');
}

/** Whether a file that lies below a folder by its name lies elsewhere in truth, behind a symbolic link. */
export async function leavesThroughLink(folder: string, path: string): Promise<boolean> {
  const [realFolder, realFile] = await Promise.all([realpath(folder), realpath(path)]);
  return !realFile.startsWith(realFolder.endsWith(sep) ? realFolder : `${realFolder}${sep}`);
}

export function outsideError(written: string, folder: string, place: AnnotationPlace): Error {
  return annotationError(
    place,
    `"${written}" leads out of ${folder}.`,
    'Annotations may only name files below their folder, for they come from elsewhere. Name the right folder, ' +
      `${optionWords('images')}, correct the path, or allow it, ${optionWords('allowOutside', true)}, where you trust the file.`,
  );
}
