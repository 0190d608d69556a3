import { derivedSeed, RandomStream } from '../../pipeline/core/seed.js';
import { drawGeometry, placeInto, type FlatObjects, type Picture } from '../lib/imaging/augment.js';
import { equalizeLocally } from '../lib/imaging/clahe.js';
import {
  addNoise,
  brightnessContrast,
  jitterColour,
  posterize,
  shiftRgb,
  toGrey,
} from '../lib/imaging/colour.js';
import { addFog } from '../lib/imaging/fog.js';
import { FastRandom } from '../lib/tensors/fast-random.js';
import type { ImageTruth } from './assign.js';
import type { AugmentParams } from './augment-params.js';

/** An image to learn from. */
export interface TrainingSample extends Picture {
  /** What names its random stream. */
  readonly id: string;
  readonly epoch: number;
  /** Three more for a mosaic, or none. */
  readonly mosaic: readonly Picture[];
  /** The one that it is mixed with. */
  readonly mixup: Picture | undefined;
}

/** Which other images of a dataset go into a sample, by their places in it. */
interface Partners {
  readonly mosaic: readonly number[];
  readonly mixup: number | undefined;
}

/** Draws the images that are put together with one, in one epoch. */
export function drawPartners(
  seed: number,
  epoch: number,
  id: string,
  imageCount: number,
  { mosaic, mixup }: Pick<AugmentParams, 'mosaic' | 'mixup'>,
): Partners {
  if (mosaic === 0 && mixup === 0) return { mosaic: [], mixup: undefined };
  const stream = new RandomStream(seed, 'partners', epoch, id);
  const any = (): number => stream.integer(0, imageCount - 1);
  return {
    mosaic: stream.next() < mosaic ? [any(), any(), any()] : [],
    mixup: stream.next() < mixup ? any() : undefined,
  };
}

/**
 * A sample as the network sees it: placed, put together with its partners, changed. A function of seed, epoch and image.
 * @param target [height, width, 3], 0–1; wholly overwritten
 */
export function prepareSample(
  target: Float32Array,
  width: number,
  height: number,
  sample: TrainingSample,
  seed: number,
  augment: AugmentParams,
): ImageTruth {
  return toShares(changeInto(target, width, height, sample, seed, augment), width, height);
}

/** As prepareSample. @returns the objects as corner boxes in pixels of the input */
export function changeInto(
  target: Float32Array,
  width: number,
  height: number,
  sample: TrainingSample,
  seed: number,
  augment: AugmentParams,
): FlatObjects {
  const { id, epoch } = sample;
  const stream = new RandomStream(seed, 'augment', epoch, id);
  let objects: FlatObjects;
  if (sample.mosaic.length > 0)
    objects = mosaicInto(target, width, height, [sample, ...sample.mosaic], stream, augment);
  else {
    const drawn = drawGeometry(stream, sample, width, height, augment);
    objects = placeInto(target, width, height, sample, drawn, augment);
  }
  if (sample.mixup) {
    const other = new Float32Array(target.length);
    const drawn = drawGeometry(stream, sample.mixup, width, height, augment);
    const others = placeInto(other, width, height, sample.mixup, drawn, augment);
    const share = 0.4 + 0.2 * stream.next();
    for (let i = 0; i < target.length; i++)
      target[i] = (1 - share) * (target[i] as number) + share * (other[i] as number);
    objects = joined([objects, others]);
  }
  changeColours(target, width, height, stream, derivedSeed(seed, 'pixels', epoch, id), augment);
  return objects;
}

/** Four pictures around a point near the middle, each placed in its own part as a single one is in the whole. */
function mosaicInto(
  target: Float32Array,
  width: number,
  height: number,
  pictures: readonly Picture[],
  stream: RandomStream,
  augment: AugmentParams,
): FlatObjects {
  const middleX = Math.round(width * (0.35 + 0.3 * stream.next()));
  const middleY = Math.round(height * (0.35 + 0.3 * stream.next()));
  const parts = pictures.slice(0, 4).map((picture, i): FlatObjects => {
    const [left, right] = i % 2 === 0 ? [0, middleX] : [middleX, width];
    const [top, bottom] = i < 2 ? [0, middleY] : [middleY, height];
    const [ownWidth, ownHeight] = [right - left, bottom - top];
    const own = new Float32Array(ownWidth * ownHeight * 3);
    const drawn = drawGeometry(stream, picture, ownWidth, ownHeight, augment);
    const { boxes, classes } = placeInto(own, ownWidth, ownHeight, picture, drawn, augment);
    for (let y = 0; y < ownHeight; y++)
      target.set(own.subarray(y * ownWidth * 3, (y + 1) * ownWidth * 3), ((top + y) * width + left) * 3);
    return { boxes: boxes.map((value, k) => value + (k % 2 === 0 ? left : top)), classes };
  });
  return joined(parts);
}

function changeColours(
  pixels: Float32Array,
  width: number,
  height: number,
  stream: RandomStream,
  pixelSeed: number,
  augment: AugmentParams,
): void {
  const between = (low: number, high: number): number => low + (high - low) * stream.next();
  const eitherWay = (factor: number): number =>
    stream.next() < 0.5 ? between(1, factor) : 1 / between(1, factor);
  // Nothing is drawn for what is switched off, so that switching one change on moves no other.
  const happens = ({ share }: { readonly share: number }): boolean => share > 0 && stream.next() < share;
  const hue = between(-augment.hue, augment.hue);
  const saturation = eitherWay(augment.saturation);
  jitterColour(pixels, hue, saturation, eitherWay(augment.value));
  if (happens(augment.brightnessContrast)) {
    const { brightness, contrast } = augment.brightnessContrast;
    brightnessContrast(pixels, between(-brightness, brightness), 1 + between(-contrast, contrast));
  }
  if (happens(augment.clahe)) equalizeLocally(pixels, width, height, augment.clahe.limit, augment.clahe.tiles); // prettier-ignore
  if (happens(augment.rgbShift)) {
    const { most } = augment.rgbShift;
    shiftRgb(pixels, between(-most, most), between(-most, most), between(-most, most));
  }
  if (happens(augment.gray)) toGrey(pixels);
  if (happens(augment.posterize)) posterize(pixels, augment.posterize.bits);
  const random = new FastRandom(pixelSeed);
  if (happens(augment.fog)) addFog(pixels, width, height, between(0, augment.fog.density), random);
  if (happens(augment.noise)) addNoise(pixels, between(0, augment.noise.deviation), random);
}

function joined(parts: readonly FlatObjects[]): FlatObjects {
  return {
    boxes: Float32Array.from(parts.flatMap(({ boxes }) => [...boxes])),
    classes: Int32Array.from(parts.flatMap(({ classes }) => [...classes])),
  };
}

/** Corner boxes in pixels as centre and size in shares of the input. */
function toShares(objects: FlatObjects, width: number, height: number): ImageTruth {
  const boxes = new Float32Array(objects.boxes.length);
  for (let i = 0; i < boxes.length; i += 4) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = objects.boxes.subarray(i, i + 4);
    boxes.set([(x0 + x1) / 2 / width, (y0 + y1) / 2 / height, (x1 - x0) / width, (y1 - y0) / height], i);
  }
  return { boxes, classes: objects.classes };
}
