import { posix } from 'node:path';
import type { FileTree } from '../file-tree.js';
import { withoutExtension } from '../image-name.js';
import { subsetName } from '../subset-names.js';

/** Whether an image shows the class of a list, behind its name. */
const flag = /\s+-?[01]$/;

/**
 * The lists of `ImageSets/Main` (or, where that is not there, of all of ImageSets): names of images by list name.
 * Lists of one class (`cat_train.txt`: a name and 1, 0 or −1 a line) are no subsets; where there are no others, as in
 * exports of VoTT v1, what stands in any class's `…_train.txt` is in `train`.
 */
export async function readImageSets(tree: FileTree): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const main = tree.matching(/(^|\/)ImageSets\/Main\/[^/]+\.txt$/);
  const lists = main.length > 0 ? main : tree.matching(/(^|\/)ImageSets\/.+\.txt$/);
  const sets = new Map<string, ReadonlySet<string>>();
  const ofClasses = new Map<string, Set<string>>();
  for (const list of lists) {
    const lines = (await tree.readText(list)).split(/\r?\n/).map((line) => line.trim());
    const names = lines.filter((line) => line !== '');
    const name = withoutExtension(posix.basename(list));
    if (names.length > 0 && names.every((line) => flag.test(line))) {
      const [, set] = /_([a-z]+)$/i.exec(name) ?? [];
      if (set === undefined) continue;
      const members = ofClasses.get(set) ?? new Set();
      ofClasses.set(set, members);
      for (const line of names) members.add(withoutExtension(line.replace(flag, '')));
    } else sets.set(name, new Set(names));
  }
  return sets.size > 0 ? sets : ofClasses;
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
