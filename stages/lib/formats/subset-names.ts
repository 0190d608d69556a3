/** Other names for the three usual subsets; records carry the first ones in their attribute `split`. */
const sameSubset: Readonly<Record<string, string>> = {
  training: 'train',
  val: 'validation',
  valid: 'validation',
  dev: 'validation',
  testing: 'test',
};

/** `val`, `valid` and `validation` are the same subset. */
export function subsetName(name: string): string {
  const lower = name.toLowerCase();
  return sameSubset[lower] ?? lower;
}

/** The names of files of the three usual subsets, as Pascal VOC and YOLO call them. */
export function subsetFileName(subset: string): string {
  return subset === 'validation' ? 'val' : subset;
}

/** Lists of all images, which say nothing. */
const wholeLists = new Set(['default', 'all', 'trainval']);

/** The subsets that part a dataset; others (`trainval`, `minival`) overlap with them. */
const partingSubsets = ['train', 'validation', 'test'] as const;

/**
 * Where an image belongs that stands in these lists: the first of the parting subsets, else the one list.
 * @returns undefined when it stands in no list, or in several that do not part the dataset
 */
export function partOf(subsets: ReadonlySet<string>): string | undefined {
  const part = partingSubsets.find((name) => subsets.has(name));
  if (part !== undefined) return part;
  const [only, ...others] = [...subsets].filter((name) => !wholeLists.has(name));
  return others.length === 0 ? only : undefined;
}
