import { RandomStream } from '../../pipeline/core/seed.js';

export const splitNames = ['train', 'validation', 'test'] as const;
export type SplitName = (typeof splitNames)[number];

/** The order in which splits are filled: the test set is the first to know what it needs. */
export const fillOrder = ['test', 'validation', 'train'] as const;

/** How large the splits are to be: shares of the groups that sum to 1, or numbers of images; at most one `rest`. */
export type SplitSizes =
  | { readonly by: 'share'; readonly shares: Readonly<Record<SplitName, number>> }
  | { readonly by: 'count'; readonly counts: Readonly<Record<SplitName, number | 'rest'>> };

/** Groups and how many images each has. */
export type GroupSizes = ReadonlyMap<string, number>;

interface DrawnGroup {
  readonly group: string;
  readonly size: number;
  /** In [0, 1): a function of the seed and of the group's name. */
  readonly draw: number;
}

/**
 * Says for every group which split it goes to. A group goes as a whole, so no split shares one with another.
 *
 * By share, a group's place is a function of the seed and of its name alone: other groups, more of them or fewer,
 * move nothing. The sizes are therefore met on average, not to the image. By count, groups come in the order of
 * their hash and go to the first split (test, validation, train) that has room for all of their images.
 *
 * With strata, each stratum is cut for itself, in the order of the hashes, so that every split has its share of each:
 * then one group more can move a few of its own stratum across a cut, never one of another stratum by share.
 * @param strata the stratum of each group, where splits are to be alike in them
 * @returns the split of each group; groups for which a count left no room are absent
 */
export function assignGroups(
  groups: GroupSizes,
  sizes: SplitSizes,
  seed: number,
  strata?: ReadonlyMap<string, string>,
): ReadonlyMap<string, SplitName> {
  const drawn = [...groups].map(([group, size]) => ({ group, size, draw: drawFor(group, seed) }));
  if (sizes.by === 'count') return byCount(inOrder(drawn), sizes.counts, strata, seed);
  const assigned = new Map<string, SplitName>();
  if (strata)
    for (const [name, stratum] of stratified(inOrder(drawn), strata)) {
      const total = stratum.reduce((sum, { size }) => sum + size, 0);
      // Cuts at fixed places would never give a stratum of one group to a small split.
      const turn = new RandomStream(seed, 'split', 'stratum', name).next();
      let before = 0;
      for (const { group, size } of stratum) {
        assigned.set(group, splitAt(((before + size / 2) / total + turn) % 1, sizes.shares));
        before += size;
      }
    }
  else for (const { group, draw } of drawn) assigned.set(group, splitAt(draw, sizes.shares));
  return assigned;
}

function byCount(
  groups: readonly DrawnGroup[],
  counts: Readonly<Record<SplitName, number | 'rest'>>,
  strata: ReadonlyMap<string, string> | undefined,
  seed: number,
): ReadonlyMap<string, SplitName> {
  const assigned = new Map<string, SplitName>();
  const room: Record<SplitName, number> = { train: 0, validation: 0, test: 0 };
  for (const name of splitNames) room[name] = counts[name] === 'rest' ? 0 : counts[name];
  const fill = (wanting: readonly DrawnGroup[], quota: Record<SplitName, number>): void => {
    for (const { group, size } of wanting) {
      const split = assigned.has(group)
        ? undefined
        : fillOrder.find((name) => quota[name] >= size && room[name] >= size);
      if (split === undefined) continue;
      assigned.set(group, split);
      room[split] -= size;
      if (quota !== room) quota[split] -= size;
    }
  };
  if (strata)
    for (const { groups: own, quota } of quotas(stratified(groups, strata), room, seed)) fill(own, quota);
  fill(groups, room);
  const rest = fillOrder.find((name) => counts[name] === 'rest');
  if (rest !== undefined) for (const { group } of groups) if (!assigned.has(group)) assigned.set(group, rest);
  return assigned;
}

/** What each stratum gives to each split: its share rounded down, and the odd ones to whom the most was cut off. */
function quotas(
  strata: ReadonlyMap<string, readonly DrawnGroup[]>,
  room: Readonly<Record<SplitName, number>>,
  seed: number,
): { groups: readonly DrawnGroup[]; quota: Record<SplitName, number> }[] {
  const parts = [...strata].map(([name, groups]) => ({
    groups,
    size: groups.reduce((sum, { size }) => sum + size, 0),
    draw: new RandomStream(seed, 'split', 'stratum', name).next(),
    quota: { train: 0, validation: 0, test: 0 },
  }));
  const total = parts.reduce((sum, { size }) => sum + size, 0);
  for (const name of splitNames) {
    const exact = parts.map((part) => ({ part, share: (room[name] * part.size) / Math.max(1, total) }));
    for (const { part, share } of exact) part.quota[name] = Math.floor(share);
    exact.sort((a, b) => (b.share % 1) - (a.share % 1) || a.part.draw - b.part.draw);
    let odd = room[name] - exact.reduce((sum, { share }) => sum + Math.floor(share), 0);
    for (const { part, share } of exact) {
      if (odd <= 0 || share % 1 === 0) break;
      part.quota[name] += 1;
      odd -= 1;
    }
  }
  return parts;
}

function inOrder(drawn: DrawnGroup[]): readonly DrawnGroup[] {
  return drawn.sort((a, b) => a.draw - b.draw || (a.group < b.group ? -1 : 1));
}

function stratified(
  groups: readonly DrawnGroup[],
  strata: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly DrawnGroup[]> {
  const parts = new Map<string, DrawnGroup[]>();
  for (const group of groups) {
    const name = strata.get(group.group) ?? '';
    const part = parts.get(name);
    if (part) part.push(group);
    else parts.set(name, [group]);
  }
  return new Map([...parts].sort(([a], [b]) => (a < b ? -1 : 1)));
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
