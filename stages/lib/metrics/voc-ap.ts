import { iouOf } from './iou.js';

/** One class over all images, as Pascal VOC evaluates it. */
export interface VocImage {
  /** Flat [D · 4] xmin, ymin, xmax, ymax in pixels. */
  readonly found: readonly number[];
  /** [D] */
  readonly scores: readonly number[];
  /** Flat [G · 4] */
  readonly truth: readonly number[];
  /** [G] objects that need not be found. */
  readonly difficult: readonly boolean[];
}

export interface VocOptions {
  /** A detection is right from this overlap on. */
  readonly iou: number;
  /** `eleven`: precision at recalls 0, .1 … 1 (VOC 2007). `all`: the area under the curve (VOC 2010 and later). */
  readonly points: 'eleven' | 'all';
  /** The development kit counts a box's last pixel as part of it: sizes are max − min + 1. */
  readonly inclusivePixels: boolean;
}

/**
 * Average precision as the VOC development kit computes it: by falling score, a detection is compared with the true
 * box that it overlaps most, whatever that one's state. Taken already: wrong. Difficult: neither right nor wrong.
 * @returns 0–1, or undefined when no object has to be found
 */
export function vocAp(images: readonly VocImage[], options: VocOptions): number | undefined {
  const total = images.reduce((sum, image) => sum + image.difficult.filter((hard) => !hard).length, 0);
  if (total === 0) return undefined;
  const ranked = images.flatMap((image, n) => image.scores.map((score, d) => ({ image, n, d, score })));
  ranked.sort((a, b) => b.score - a.score || a.n - b.n || a.d - b.d);
  const taken = new Set<string>();
  const recalls: number[] = [];
  const precisions: number[] = [];
  let [right, wrong] = [0, 0];
  for (const { image, n, d } of ranked) {
    const best = bestOverlap(image, d, options.inclusivePixels);
    const hit = best !== undefined && best.iou >= options.iou;
    if (hit && image.difficult[best.index] === true) continue;
    const key = `${n} ${best?.index ?? ''}`;
    if (hit && !taken.has(key)) {
      taken.add(key);
      right += 1;
    } else wrong += 1;
    recalls.push(right / total);
    precisions.push(right / (right + wrong));
  }
  return options.points === 'eleven'
    ? elevenPoints(recalls, precisions)
    : areaUnderCurve(recalls, precisions);
}

function bestOverlap(
  image: VocImage,
  d: number,
  inclusive: boolean,
): { readonly index: number; readonly iou: number } | undefined {
  let best: { index: number; iou: number } | undefined;
  const found = widened(image.found.slice(4 * d, 4 * d + 4), inclusive);
  for (let g = 0; g < image.difficult.length; g++) {
    const iou = iouOf(found, 0, widened(image.truth.slice(4 * g, 4 * g + 4), inclusive), 0);
    if (best === undefined || iou > best.iou) best = { index: g, iou };
  }
  return best;
}

/** A box whose max pixel belongs to it, as one whose max is exclusive. */
function widened(box: readonly number[], inclusive: boolean): readonly number[] {
  const [xmin = 0, ymin = 0, xmax = 0, ymax = 0] = box;
  return inclusive ? [xmin, ymin, xmax + 1, ymax + 1] : box;
}

function elevenPoints(recalls: readonly number[], precisions: readonly number[]): number {
  let sum = 0;
  for (let tenth = 0; tenth <= 10; tenth++)
    sum += precisions.reduce((best, precision, i) => ((recalls[i] ?? 0) >= tenth / 10 ? Math.max(best, precision) : best), 0); // prettier-ignore
  return sum / 11;
}

function areaUnderCurve(recalls: readonly number[], precisions: readonly number[]): number {
  let [area, best] = [0, 0];
  for (let i = recalls.length - 1; i >= 0; i--) {
    best = Math.max(best, precisions[i] ?? 0);
    area += best * ((recalls[i] ?? 0) - (recalls[i - 1] ?? 0));
  }
  return area;
}
