import type { Digest } from '../../../pipeline/core/digest.js';
import type { PictureHash } from '../imaging/picture-hash.js';
import { similarPictures } from '../imaging/similar-pictures.js';
import type { DatasetRecord } from './record.js';

/** In what way images on two sides of a cut are not independent. */
export const leakKinds = ['same-image', 'same-group', 'near-duplicate'] as const;
export type LeakKind = (typeof leakKinds)[number];

/** An image as a leak is told of. */
export interface LeakedImage {
  /** The number of the set that it is in. */
  readonly side: number;
  readonly id: string;
}

/** Images of different sets that are not independent: one example a pair of sets, and all that are affected. */
export interface Leak {
  readonly kind: LeakKind;
  readonly pair: readonly [LeakedImage, LeakedImage];
  /** What they share, for people: the group's name; empty where there is no name. */
  readonly shared: string;
}

export interface Leaks {
  readonly all: readonly Leak[];
  /** Whether an image of a side is part of a leak of this kind. */
  affects(kind: LeakKind, side: number, record: Pick<DatasetRecord, 'imageDigest' | 'source'>): boolean;
}

/** The name of a record's group among all datasets: two datasets may call different things alike. */
function groupKey({ source }: Pick<DatasetRecord, 'source'>): string {
  return JSON.stringify([source.dataset, source.group]);
}

/**
 * Looks for what several sets of images share: the same content, the same group (scene, seed, patient: what its
 * source calls a group), or pictures that look the same. Memory is linear in the images.
 */
export class LeakDetector {
  readonly #contents = new Shared();
  readonly #groups = new Shared();
  /** By content: who has it. Near-duplicates are looked for among contents, not among images. */
  readonly #holders = new Map<Digest, Map<number, string>>();

  add(side: number, record: Pick<DatasetRecord, 'id' | 'imageDigest' | 'source'>): void {
    this.#contents.add(record.imageDigest, side, record.id);
    this.#groups.add(groupKey(record), side, record.id);
    const holders = this.#holders.get(record.imageDigest);
    if (!holders) this.#holders.set(record.imageDigest, new Map([[side, record.id]]));
    else if (!holders.has(side)) holders.set(side, record.id);
  }

  contents(): Iterable<Digest> {
    return this.#holders.keys();
  }

  /** @param pictures what images look like, where near-duplicates are asked for */
  find(pictures: ReadonlyMap<Digest, PictureHash> = new Map()): Leaks {
    const near = this.#nearDuplicates(pictures);
    const all = [
      ...this.#contents.crossing('same-image', () => ''),
      ...this.#groups.crossing('same-group', (key) => (JSON.parse(key) as [string, string])[1]),
      ...near.leaks,
    ];
    const affects: Leaks['affects'] = (kind, side, record) =>
      kind === 'near-duplicate'
        ? near.affected.has(`${side} ${record.imageDigest}`)
        : kind === 'same-group'
          ? this.#groups.crosses(groupKey(record))
          : this.#contents.crosses(record.imageDigest);
    return { all, affects };
  }

  #nearDuplicates(pictures: ReadonlyMap<Digest, PictureHash>): { leaks: Leak[]; affected: Set<string> } {
    const digests = [...pictures.keys()].filter((digest) => this.#holders.has(digest));
    const similar = similarPictures(digests.flatMap((digest) => pictures.get(digest) ?? []));
    const clusters = similar.clusters.map((members) =>
      members.flatMap((member): Holding[] => {
        const digest = digests[member];
        if (digest === undefined) return [];
        return [...(this.#holders.get(digest) ?? [])].map(([side, id]) => ({ side, id, digest }));
      }),
    );
    const leaks: Leak[] = [];
    const affected = new Set<string>();
    const compare = (one: readonly Holding[], other: readonly Holding[]): void => {
      const crossing = (holding: Holding, among: readonly Holding[]): Holding | undefined =>
        among.find(({ side, digest }) => side !== holding.side && digest !== holding.digest);
      const [hit] = one.flatMap((holding) => {
        const mate = crossing(holding, other);
        return mate ? [[holding, mate] as const] : [];
      });
      if (!hit) return;
      const [first, second] = hit.map(({ side, id }) => ({ side, id }));
      if (first && second) leaks.push({ kind: 'near-duplicate', pair: [first, second], shared: '' });
      for (const [mine, theirs] of one === other
        ? [[one, one]]
        : [
            [one, other],
            [other, one],
          ])
        // prettier-ignore
        for (const holding of mine ?? [])
          if (crossing(holding, theirs ?? [])) affected.add(`${holding.side} ${holding.digest}`);
    };
    for (const cluster of clusters) if (cluster.length > 1) compare(cluster, cluster);
    for (const [a, b] of similar.pairs) compare(clusters[a] ?? [], clusters[b] ?? []);
    return { leaks, affected };
  }
}

/** One content on one side. */
interface Holding extends LeakedImage {
  readonly digest: Digest;
}

/** Which sides hold each of many keys, with the first image of each. */
class Shared {
  readonly #holders = new Map<string, Map<number, string> | { readonly side: number; readonly id: string }>();

  add(key: string, side: number, id: string): void {
    const known = this.#holders.get(key);
    // One small object a key: almost every key stays on one side.
    if (!known) this.#holders.set(key, { side, id });
    else if (known instanceof Map) {
      if (!known.has(side)) known.set(side, id);
    } else if (known.side !== side) this.#holders.set(key, new Map([[known.side, known.id], [side, id]])); // prettier-ignore
  }

  crosses(key: string): boolean {
    return this.#holders.get(key) instanceof Map;
  }

  *crossing(kind: LeakKind, name: (key: string) => string): Iterable<Leak> {
    for (const [key, holders] of this.#holders) {
      if (!(holders instanceof Map)) continue;
      const [first, ...others] = [...holders].map(([side, id]) => ({ side, id }));
      if (!first) continue;
      for (const other of others) yield { kind, pair: [first, other], shared: name(key) };
    }
  }
}
