import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import fastGlob from 'fast-glob';
import { UserError } from '../../pipeline/core/user-error.js';
import { FileTree } from '../lib/formats/file-tree.js';
import { defaultImagesFolder, imagePattern } from '../lib/formats/image-files.js';
import { annotationPatterns, oneFileFormats, type FormatName } from '../lib/formats/format-names.js';

/** The annotation files that a path means: the folder's, or the one file. */
export interface FoundInput {
  readonly tree: FileTree;
  /** Where the images are unless something else is said. */
  readonly imagesFolder: string;
}

/**
 * @param path absolute; a folder stands for the one file in it where the format is one file
 * @throws UserError when nothing or too much is there
 */
export async function findInput(
  path: string,
  format: FormatName,
  allowOutside: boolean,
): Promise<FoundInput> {
  const isFolder = await isDirectory(path);
  if (!isFolder) {
    const folder = dirname(path);
    const imagesFolder = defaultImagesFolder(path, true);
    const wholeFolder = format === 'yolo' || format === 'darkroom';
    return {
      tree: wholeFolder
        ? await folderTree(folder, format, allowOutside)
        : FileTree.ofFile(path, allowOutside),
      imagesFolder,
    };
  }
  const tree = await folderTree(path, format, allowOutside);
  if (!oneFileFormats.has(format)) return { tree, imagesFolder: path };
  const [name, ...others] = tree.names.filter((candidate) => basename(candidate) !== 'classes.txt');
  if (name === undefined)
    throw new UserError(`There is no ${annotationPatterns[format].join(' or ')} in ${path}.`, {
      hint: 'Name the annotation file itself with --in.',
    });
  if (others.length > 0)
    throw new UserError(`${path} has several files that may be meant.`, {
      details: [name, ...others].slice(0, 12),
      hint: `Name one of them: --in ${join(path, name)}`,
    });
  return { tree: FileTree.ofFile(join(path, name), allowOutside), imagesFolder: path };
}

async function folderTree(folder: string, format: FormatName, allowOutside: boolean): Promise<FileTree> {
  const names = await fastGlob([...annotationPatterns[format]], { cwd: folder, dot: false });
  return new FileTree(
    folder,
    names.map((name) => join(folder, name)),
    allowOutside,
  );
}

/** All images below a folder. @throws UserError when there is no such folder */
export async function imageTree(folder: string, allowOutside: boolean): Promise<FileTree> {
  if (!(await isDirectory(folder))) throw new UserError(`There is no folder ${folder}.`);
  const names = await fastGlob(imagePattern('.'), { cwd: folder });
  return new FileTree(
    folder,
    names.map((name) => join(folder, name)),
    allowOutside,
  );
}

/** @throws UserError when nothing is there */
export async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(resolve(path)).catch(() => undefined);
  if (!found) throw new UserError(`There is no file or folder ${path}.`);
  return found.isDirectory();
}
