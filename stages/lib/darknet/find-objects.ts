import * as tf from '@tensorflow/tfjs';
import type { BoxXyxyPx } from '../dataset/record.js';
import type { RgbImage } from '../imaging/decode-image.js';
import { boxToImage, clipBox, letterboxOf } from '../imaging/letterbox.js';
import { resampleInto } from '../imaging/resample.js';
import { nonMaximumSuppression, type ScoredBoxes } from '../metrics/nms.js';
import { decodeHeads } from './decode.js';
import type { Predictor } from './network.js';

/** What counts as found. */
export interface FindOptions {
  /** Least score. */
  readonly threshold: number;
  /** Of two boxes of a class that overlap by more than this the lower-scored one goes. */
  readonly nmsIou: number;
  /** At most so many an image, the best ones. */
  readonly maxDetections: number;
}

export interface FoundObject {
  /** In pixels of the image as stored, clipped to it. */
  readonly box: BoxXyxyPx;
  readonly classIndex: number;
  readonly score: number;
}

/** The size of a network's input in pixels. */
interface InputSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Everything that a detector finds in images: letterboxed, predicted, decoded, suppressed, and put back into the
 * images' own pixels. Best score first.
 */
export async function findObjects(
  predictor: Predictor,
  images: readonly RgbImage[],
  options: FindOptions,
): Promise<FoundObject[][]> {
  const { width, height } = predictor.cfg;
  const input = tf.tensor4d(letterboxed(images, predictor.cfg), [images.length, height, width, 3]);
  const heads = predictor.predict(input);
  const raw = await Promise.all(heads.map(async (head) => (await head.data()) as Float32Array));
  const grids = heads.map((head) => ({ rows: head.shape[1], columns: head.shape[2] }));
  tf.dispose([input, ...heads]);
  return images.map((image, n) => {
    const own = raw.map((values) => {
      const size = values.length / images.length;
      return values.subarray(n * size, (n + 1) * size);
    });
    const found = decodeHeads(predictor.cfg, own, grids, options.threshold);
    return inImage(found, image, predictor.cfg, options);
  });
}

/** Images as a network sees them. @returns [N, height, width, 3], 0–1 */
export function letterboxed(images: readonly RgbImage[], { width, height }: InputSize): Float32Array {
  const pixels = new Float32Array(images.length * height * width * 3);
  for (const [n, image] of images.entries()) {
    const target = pixels.subarray(n * height * width * 3, (n + 1) * height * width * 3);
    const { placement } = letterboxOf(image.originalWidth, image.originalHeight, width, height);
    resampleInto(target, width, height, image, placement);
  }
  return pixels;
}

/** What is left of decoded boxes after suppression, in the image's own pixels. @param found in pixels of the input */
export function inImage(
  found: ScoredBoxes,
  image: RgbImage,
  { width, height }: InputSize,
  options: FindOptions,
): FoundObject[] {
  const kept = nonMaximumSuppression(found, options.nmsIou).slice(0, options.maxDetections);
  const letterbox = letterboxOf(image.originalWidth, image.originalHeight, width, height);
  return kept.flatMap((i): FoundObject[] => {
    const side = (s: number): number => found.boxes[4 * i + s] ?? 0;
    const placed = boxToImage(letterbox, [side(0), side(1), side(2), side(3)]);
    const box = clipBox(placed, image.originalWidth, image.originalHeight);
    const empty = box[2] <= box[0] || box[3] <= box[1]; // it lay in the grey beside the image
    return empty ? [] : [{ box, classIndex: found.classes[i] ?? 0, score: found.scores[i] ?? 0 }];
  });
}
