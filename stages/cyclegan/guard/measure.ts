import type { BoxXyxyPx } from '../../lib/dataset/record.js';
import { edgeAgreement, edgeMap, type Region } from './edges.js';

/** What a translation did to an image, in numbers; absent where there is nothing to measure. */
export type GuardMeasures = {
  /** Agreement of edges inside the box where it is least, −1 to 1. */
  readonly boxEdges?: number;
  /** Agreement of edges outside of all boxes. */
  readonly outside?: number;
  /** Deviation of the colours, relative to the original's. */
  readonly colour: number;
  /** Share of the objects that a detector found in the original. */
  readonly recallBefore?: number;
  readonly recallAfter?: number;
  /** What it finds in the translation where neither an object nor a finding of the original is. */
  readonly newDetections?: number;
};

/** A picture in memory. */
interface Picture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3] bytes */
  readonly data: Uint8Array;
}

/** Compares a translation with its original. @param boxes of the objects, in pixels */
export function measureTranslation(
  original: Picture,
  translated: Uint8Array,
  boxes: readonly BoxXyxyPx[],
): GuardMeasures {
  const { width, height } = original;
  const before = edgeMap(original.data, width, height);
  const after = edgeMap(translated, width, height);
  const regions = boxes.map((box) => regionOf(box, width, height));
  const covered = new Uint8Array(width * height);
  for (const { left, top, right, bottom } of regions)
    for (let y = top; y < bottom; y++) covered.fill(1, y * width + left, y * width + right);
  const inside = regions.flatMap((region) => edgeAgreement(before, after, () => true, region) ?? []);
  const whole = { left: 0, top: 0, right: width, bottom: height };
  const outside = edgeAgreement(before, after, (x, y) => covered[y * width + x] === 0, whole);
  return {
    ...(inside.length > 0 ? { boxEdges: Math.min(...inside) } : {}),
    ...(outside === undefined ? {} : { outside }),
    colour: deviation(translated) / Math.max(1, deviation(original.data)),
  };
}

/** The box and a margin of an eighth, for an object's outline is most of its edges. */
function regionOf([x0, y0, x1, y1]: BoxXyxyPx, width: number, height: number): Region {
  const margin = Math.max(x1 - x0, y1 - y0) / 8;
  return {
    left: Math.max(0, Math.floor(x0 - margin)),
    top: Math.max(0, Math.floor(y0 - margin)),
    right: Math.min(width, Math.ceil(x1 + margin)),
    bottom: Math.min(height, Math.ceil(y1 + margin)),
  };
}

/** The root of the mean variance of the three colours. */
function deviation(data: Uint8Array): number {
  const sums = [0, 0, 0];
  const squares = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] ?? 0;
    sums[i % 3] = (sums[i % 3] ?? 0) + value;
    squares[i % 3] = (squares[i % 3] ?? 0) + value * value;
  }
  const count = data.length / 3;
  const variances = sums.map((sum, c) => (squares[c] ?? 0) / count - (sum / count) ** 2);
  return Math.sqrt(Math.max(0, variances.reduce((total, one) => total + one, 0) / 3));
}
