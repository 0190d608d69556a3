import { RandomStream } from '../../pipeline/core/seed.js';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** The order in which splits are filled: the test set is the first to know what it needs. */
const fillOrder = ['test', 'validation', 'train'] as const;

/** How large the splits are to be: shares of the groups that sum to 1, or numbers of images; at most one `rest`. */
export type SplitSizes =
  | { readonly by: 'share'; readonly shares: Readonly<Record<SplitName, number>> }
  | { readonly by: 'count'; readonly counts: Readonly<Record<SplitName, number | 'rest'>> };

/** Groups and how many images each has. */
export type GroupSizes = ReadonlyMap<string, number>;

/**
 * Says for every group which split it goes to. A group goes as a whole, so no split shares one with another.
 *
 * By share, a group's place is a function of the seed and of its name alone: other groups, more of them or fewer,
 * move nothing. The sizes are therefore met on average, not to the image. By count, groups come in the order of
 * their hash and go to the first split (test, validation, train) that has room for all of their images.
 * @returns the split of each group; groups for which a count left no room are absent
 */
export function assignGroups(
  groups: GroupSizes,
  sizes: SplitSizes,
  seed: number,
): ReadonlyMap<string, SplitName> {
  const assigned = new Map<string, SplitName>();
  if (sizes.by === 'share') {
    for (const group of groups.keys()) assigned.set(group, splitAt(drawFor(group, seed), sizes.shares));
    return assigned;
  }
  const drawn = [...groups].map(([group, size]) => ({ group, size, draw: drawFor(group, seed) }));
  drawn.sort((a, b) => a.draw - b.draw || (a.group < b.group ? -1 : 1));
  const room = { ...sizes.counts };
  const rest = fillOrder.find((split) => room[split] === 'rest');
  for (const { group, size } of drawn) {
    const split = fillOrder.find((name) => {
      const left = room[name];
      return left !== 'rest' && left >= size;
    });
    if (split !== undefined) {
      const left = room[split];
      if (left !== 'rest') room[split] = left - size;
    }
    const chosen = split ?? rest;
    if (chosen !== undefined) assigned.set(group, chosen);
  }
  return assigned;
}

function drawFor(group: string, seed: number): number {
  return new RandomStream(seed, 'split', group).next();
}

/** The split whose part of [0, 1) holds the draw: test first, then validation, then train. */
function splitAt(draw: number, shares: Readonly<Record<SplitName, number>>): SplitName {
  let bound = 0;
  let last: SplitName = 'train';
  for (const split of fillOrder) {
    if (shares[split] === 0) continue;
    bound += shares[split];
    if (draw < bound) return split;
    last = split;
  }
  // Shares that sum to 1 may add up to a hair less in floating point; the last split takes what lies there.
  return last;
}
