import { posix } from 'node:path';
import type { FileTree } from '../file-tree.js';
import { withoutExtension } from '../image-name.js';
import { subsetName } from '../subset-names.js';

/**
 * The lists of `ImageSets/Main` (or, where that is not there, of all of ImageSets): names of images by list name.
 * Lists of one class (`cat_train.txt`: a name and 1, 0 or −1 a line) are no subsets.
 */
export async function readImageSets(tree: FileTree): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const main = tree.matching(/(^|\/)ImageSets\/Main\/[^/]+\.txt$/);
  const lists = main.length > 0 ? main : tree.matching(/(^|\/)ImageSets\/.+\.txt$/);
  const sets = new Map<string, ReadonlySet<string>>();
  for (const list of lists) {
    const lines = (await tree.readText(list)).split(/\r?\n/).map((line) => line.trim());
    const names = lines.filter((line) => line !== '');
    if (names.length > 0 && names.every((line) => /\s-?[01]$/.test(line))) continue;
    sets.set(withoutExtension(posix.basename(list)), new Set(names));
  }
  return sets;
}

/**
 * The lists that an annotation file stands in, by its path below `Annotations/` or its bare name.
 * @param asWritten adds the names of the lists as they are (`val` beside `validation`)
 */
export function subsetsOf(
  file: string,
  sets: ReadonlyMap<string, ReadonlySet<string>>,
  asWritten = false,
): ReadonlySet<string> {
  const path = withoutExtension(file).replace(/^(.*\/)?Annotations\//, '');
  const names = new Set<string>();
  for (const [set, members] of sets)
    if (members.has(path) || members.has(posix.basename(path))) {
      names.add(subsetName(set));
      if (asWritten) names.add(set);
    }
  return names;
}
