import { posix } from 'node:path';
import type { CountedNotes } from '../counted-notes.js';
import type { FileTree } from '../file-tree.js';
import { annotationError, type AnnotationPlace } from '../annotation-place.js';
import type { ImageFinder } from '../image-finder.js';
import { pathBelow } from '../inside-path.js';
import { partOf, subsetName } from '../subset-names.js';
import type { YoloDescription } from './dataset-files.js';

/** An image that a list or a folder names, and the subsets that it stands in. */
export interface ListedImage {
  readonly written: string;
  readonly place: AnnotationPlace;
  readonly subsets: Set<string>;
}

/** The images of all subsets in the order in which they are first named. */
export async function listedImages(
  description: YoloDescription,
  tree: FileTree,
  images: ImageFinder,
): Promise<readonly ListedImage[]> {
  const found = new Map<string, ListedImage>();
  const root =
    pathBelow(tree.folder, posix.join(posix.dirname(description.file), description.root || '.')) ?? '';
  for (const [subset, paths] of description.subsets)
    for (const path of paths)
      for await (const { written, place } of imagesOf(path, root, description.file, tree, images)) {
        const listed = found.get(written) ?? { written, place, subsets: new Set<string>() };
        found.set(written, listed);
        listed.subsets.add(subsetName(subset));
      }
  return [...found.values()];
}

async function* imagesOf(
  path: string,
  root: string,
  describedBy: string,
  tree: FileTree,
  images: ImageFinder,
): AsyncIterable<{ readonly written: string; readonly place: AnnotationPlace }> {
  const place = { file: describedBy };
  const below = pathBelow(tree.folder, posix.join(root, path)) ?? (path === '.' ? '' : undefined);
  const list = listFile(path, below, tree);
  if (list !== undefined) {
    yield* imagesOfList(list, tree);
    return;
  }
  const folder = below === undefined ? undefined : below.replace(/\/$/, '');
  const names =
    folder === undefined
      ? []
      : images.names.filter((name) => folder === '' || `/${name}`.includes(`/${folder}/`));
  if (names.length === 0)
    throw annotationError(
      place,
      `"${path}" is neither a list of images nor a folder with images below ${tree.folder}.`,
      'Correct the path, or name the folder that holds the file and the images.',
    );
  for (const name of names) yield { written: name, place };
}

/** Darknet's lists are named as seen from the folder that it was started in: the end of the path has to do. */
function listFile(path: string, below: string | undefined, tree: FileTree): string | undefined {
  if (!/\.(txt|list)$/i.test(path)) return undefined;
  if (below !== undefined && tree.has(below)) return below;
  const base = posix.basename(path.replaceAll('\\', '/'));
  const fits = tree.names.filter((name) => posix.basename(name) === base && !name.includes('labels/'));
  return fits.length === 1 ? fits[0] : undefined;
}

/** The images of a list file, a path a line. `./` starts from the list's own folder. */
async function* imagesOfList(
  list: string,
  tree: FileTree,
): AsyncIterable<{ readonly written: string; readonly place: AnnotationPlace }> {
  for (const [index, line] of (await tree.readText(list)).split(/\r?\n/).entries()) {
    const written = line.trim();
    if (written === '') continue;
    const fromList = written.startsWith('./') ? posix.join(posix.dirname(list), written) : written;
    yield { written: fromList, place: { file: list, line: index + 1 } };
  }
}

/** The subset that a record's attribute `split` names; an image that stands in two is counted. */
export function splitOf(listed: ListedImage, notes: CountedNotes): string | undefined {
  const parts = ['train', 'validation', 'test'].filter((name) => listed.subsets.has(name));
  if (parts.length > 1)
    notes.count(
      `{n} images stand in several subsets (${parts.join(' and ')}); the first counts`,
      listed.written,
    );
  return partOf(listed.subsets);
}
