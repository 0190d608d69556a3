import { RandomStream } from '../../pipeline/core/seed.js';
import { EpochOrder } from '../lib/dataset/epoch-order.js';
import type { BoxXyxyPx } from '../lib/dataset/record.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { ImageCache } from '../lib/imaging/image-cache.js';
import type { Domain } from './domain.js';

export interface CropOptions {
  /** Side in pixels. */
  readonly crop: number;
  readonly boxShare: number;
  readonly boxWeight: number;
  readonly flip: boolean;
}

/** Where a square is cut out of an image, in pixels, and whether it is mirrored. */
export interface Cut {
  readonly left: number;
  readonly top: number;
  readonly mirrored: boolean;
}

/** Squares of one domain. */
export interface CropBatch {
  /** [batch, crop, crop, 3], −1 to 1. */
  readonly pixels: Float32Array;
  /** [batch, crop, crop, 1]; none where all pixels count the same. */
  readonly weights: Float32Array | undefined;
}

/** Squares out of a domain's images, epoch after epoch in another order; what is cut is a function of seed and place. */
export class CropSource {
  readonly #order: EpochOrder;
  readonly #cache = new ImageCache({ width: 16_384, height: 16_384 }, 512 * 1024 ** 2);

  constructor(
    private readonly domain: Domain,
    private readonly options: CropOptions,
    private readonly seed: number,
  ) {
    this.#order = new EpochOrder(domain.images.length, seed);
  }

  /** The squares at some places of the endless row. @throws UserError for an unreadable image */
  async batch(first: number, count: number): Promise<CropBatch> {
    const { crop, boxWeight } = this.options;
    const area = crop * crop;
    const pixels = new Float32Array(count * area * 3);
    const weights = boxWeight > 1 ? new Float32Array(count * area).fill(1) : undefined;
    for (let n = 0; n < count; n++) {
      const { index } = this.#order.at(first + n);
      const stored = this.domain.images[index];
      if (!stored) throw new Error(`the ${this.domain.name} dataset has no image ${index}`);
      const image = await this.#cache.get(stored);
      const cut = chooseCut(
        image,
        stored.boxes,
        this.options,
        new RandomStream(this.seed, 'crop', first + n),
      );
      cutOut(image, cut, crop, pixels.subarray(n * area * 3, (n + 1) * area * 3));
      if (weights) weighBoxes(stored.boxes, cut, crop, boxWeight, weights.subarray(n * area, (n + 1) * area));
    }
    return { pixels, weights };
  }
}

/** Chooses a square anywhere, or so that it holds an object (where one is larger than the square, a part of it). */
function chooseCut(
  { width, height }: { readonly width: number; readonly height: number },
  boxes: readonly BoxXyxyPx[],
  { crop, boxShare, flip }: CropOptions,
  random: RandomStream,
): Cut {
  const mirrored = random.next() < 0.5 && flip;
  const around = random.next() < boxShare && boxes.length > 0;
  const box = around ? boxes[random.integer(0, boxes.length - 1)] : undefined;
  const [x0, y0, x1, y1] = box ?? [0, 0, width, height];
  const start = (low: number, high: number, side: number): number => {
    // The whole object where it fits, else a window that lies inside of it.
    const [from, to] = [Math.min(low, high - crop), Math.max(low, high - crop)];
    const place = Math.round(from + random.next() * (to - from));
    return Math.min(Math.max(0, place), side - crop);
  };
  return { left: start(x0, x1, width), top: start(y0, y1, height), mirrored };
}

function cutOut(
  { data, width }: RgbImage,
  { left, top, mirrored }: Cut,
  crop: number,
  target: Float32Array,
): void {
  let to = 0;
  for (let y = 0; y < crop; y++)
    for (let x = 0; x < crop; x++) {
      const from = 3 * ((top + y) * width + left + (mirrored ? crop - 1 - x : x));
      for (let c = 0; c < 3; c++) target[to++] = (data[from + c] ?? 0) / 127.5 - 1;
    }
}

function weighBoxes(
  boxes: readonly BoxXyxyPx[],
  { left, top, mirrored }: Cut,
  crop: number,
  weight: number,
  target: Float32Array,
): void {
  for (const [x0, y0, x1, y1] of boxes)
    for (let y = Math.max(0, Math.floor(y0) - top); y < Math.min(crop, Math.ceil(y1) - top); y++)
      for (let x = Math.max(0, Math.floor(x0) - left); x < Math.min(crop, Math.ceil(x1) - left); x++)
        target[y * crop + (mirrored ? crop - 1 - x : x)] = weight;
}
