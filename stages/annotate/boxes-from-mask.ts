import type { BoxXyxyPx } from '../lib/dataset/record.js';
import type { InstanceMask } from '../lib/imaging/masks.js';

/** What a mask shows of one instance. */
export interface VisibleInstance {
  readonly instance: number;
  /** The tight box of its pixels, max exclusive. */
  readonly box: BoxXyxyPx;
  readonly areaPx: number;
}

/**
 * The instances of a mask in the order of their numbers, in one pass over its pixels. Works on runs of equal
 * pixels: a run changes a box once, however long it is.
 */
export function boxesFromMask({ width, height, instances }: InstanceMask): VisibleInstance[] {
  const found = new Map<number, { xmin: number; ymin: number; xmax: number; ymax: number; areaPx: number }>();
  for (let y = 0; y < height; y++) {
    const rowEnd = (y + 1) * width;
    for (let at = y * width; at < rowEnd;) {
      const start = at;
      const instance = instances[at] ?? 0;
      do at++;
      while (at < rowEnd && instances[at] === instance);
      if (instance === 0) continue;
      const xmin = start - y * width;
      const xmax = at - y * width;
      const seen = found.get(instance);
      if (!seen) {
        found.set(instance, { xmin, ymin: y, xmax, ymax: y + 1, areaPx: at - start });
        continue;
      }
      if (xmin < seen.xmin) seen.xmin = xmin;
      if (xmax > seen.xmax) seen.xmax = xmax;
      seen.ymax = y + 1;
      seen.areaPx += at - start;
    }
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([instance, { xmin, ymin, xmax, ymax, areaPx }]) => ({
      instance,
      box: [xmin, ymin, xmax, ymax],
      areaPx,
    }));
}
