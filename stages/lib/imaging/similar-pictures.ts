import type { PictureHash } from './picture-hash.js';

/** Bits of 63 in which two hashes may differ; the search below is complete up to 7. */
const maxBits = 6;
/** How much brighter one may be, of 255, and how much the tiny pictures may differ beside that, on average. */
const maxBrighter = 24;
const maxDifference = 8;

export interface SimilarPictures {
  /** Indices of pictures with the very same hash, together; every picture is in one of them. */
  readonly clusters: readonly (readonly number[])[];
  /** Clusters that look the same: indices into `clusters`, the smaller first. */
  readonly pairs: readonly (readonly [number, number])[];
}

/**
 * Finds pictures that look the same: hashes at most 6 bits apart, and tiny pictures that differ little.
 *
 * Complete and without comparing all with all: of four bands of 16 bits, at most one bit differs in one of them
 * (else there were 8), so every candidate shares a band but for one bit (Norouzi, Punjani & Fleet 2012, multi-index
 * hashing). Linear in the pictures as long as few are alike.
 */
export function similarPictures(pictures: readonly PictureHash[]): SimilarPictures {
  const clusterOf = new Map<string, number>();
  const clusters: number[][] = [];
  for (const [index, { bits, tiny }] of pictures.entries()) {
    const name = `${bits}${tiny}`;
    const known = clusterOf.get(name);
    if (known === undefined) {
      clusterOf.set(name, clusters.length);
      clusters.push([index]);
    } else clusters[known]?.push(index);
  }
  const hashes = clusters.flatMap(([first]) => {
    const picture = first === undefined ? undefined : pictures[first];
    return picture ? [decoded(picture)] : [];
  });

  const bands = Array.from({ length: 4 }, () => new Map<number, number[]>());
  const pairs: [number, number][] = [];
  for (const [index, hash] of hashes.entries()) {
    const candidates = new Set<number>();
    for (const [place, band] of bands.entries()) {
      const value = hash.bands[place] ?? 0;
      for (const other of band.get(value) ?? []) candidates.add(other);
      for (let bit = 0; bit < 16; bit++)
        for (const other of band.get(value ^ (1 << bit)) ?? []) candidates.add(other);
    }
    for (const other of candidates) {
      const earlier = hashes[other];
      if (earlier && looksTheSame(earlier, hash)) pairs.push([other, index]);
    }
    for (const [place, band] of bands.entries()) {
      const value = hash.bands[place] ?? 0;
      const list = band.get(value);
      if (list) list.push(index);
      else band.set(value, [index]);
    }
  }
  pairs.sort(([a, b], [c, d]) => a - c || b - d);
  return { clusters, pairs };
}

interface DecodedHash {
  /** Four times 16 bits. */
  readonly bands: readonly number[];
  /** [8, 8, 3] */
  readonly tiny: Uint8Array;
}

function decoded({ bits, tiny }: PictureHash): DecodedHash {
  const bands = [0, 4, 8, 12].map((start) => parseInt(bits.slice(start, start + 4), 16));
  return { bands, tiny: Buffer.from(tiny, 'base64') };
}

function looksTheSame(a: DecodedHash, b: DecodedHash): boolean {
  let different = 0;
  for (let place = 0; place < 4; place++)
    different += bitCount((a.bands[place] ?? 0) ^ (b.bands[place] ?? 0));
  if (different > maxBits) return false;
  // Pictures of like shape but of other colours are two.
  let brighter = 0;
  for (let index = 0; index < a.tiny.length; index++) brighter += (a.tiny[index] ?? 0) - (b.tiny[index] ?? 0);
  brighter /= a.tiny.length;
  if (Math.abs(brighter) > maxBrighter) return false;
  let sum = 0;
  for (let index = 0; index < a.tiny.length; index++)
    sum += Math.abs((a.tiny[index] ?? 0) - (b.tiny[index] ?? 0) - brighter);
  return sum <= maxDifference * a.tiny.length;
}

/** @param value 16 bits */
function bitCount(value: number): number {
  let [rest, count] = [value, 0];
  for (; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
