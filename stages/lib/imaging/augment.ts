import type { RandomStream } from '../../../pipeline/core/seed.js';
import { resampleInto, type Placement, type RgbPixels } from './resample.js';

/** How much an image may be changed for training. */
export interface AugmentOptions {
  /** Mirrored left to right every other time. */
  readonly flip: boolean;
  /** The aspect changes by up to this share, 0–1. */
  readonly jitter: number;
  /** Least and largest size, relative to the letterboxed image. */
  readonly scale: readonly [number, number];
  /** Hue turns by up to this share of the circle. */
  readonly hue: number;
  /** Saturation and brightness change by up to this factor either way, from 1. */
  readonly saturation: number;
  readonly value: number;
}

/** One image's changes, drawn. */
interface Augmentation {
  readonly placement: Placement;
  /** Share of the circle. */
  readonly hue: number;
  readonly saturation: number;
  readonly value: number;
}

/** Objects as flat numbers: four a box. */
export interface FlatObjects {
  /** xmin, ymin, xmax, ymax */
  readonly boxes: Float32Array;
  readonly classes: Int32Array;
}

/** An object of which less than this share of its box is left after cropping is no longer called one. */
const LEAST_SHARE_LEFT = 0.25;
const LEAST_SIDE_PX = 2;

/** Draws an image's changes. The stream is named by (seed, epoch, image): nothing else moves them. */
export function drawAugmentation(
  stream: RandomStream,
  imageWidth: number,
  imageHeight: number,
  inputWidth: number,
  inputHeight: number,
  options: AugmentOptions,
): Augmentation {
  const between = (low: number, high: number): number => low + (high - low) * stream.next();
  const eitherWay = (factor: number): number =>
    stream.next() < 0.5 ? between(1, factor) : 1 / between(1, factor);
  const stretch = between(1 - options.jitter, 1 + options.jitter) / between(1 - options.jitter, 1 + options.jitter); // prettier-ignore
  const scale = between(options.scale[0], options.scale[1]);
  const fit = Math.min(inputWidth / imageWidth, inputHeight / imageHeight) * scale;
  const width = Math.max(2, Math.round(imageWidth * fit * Math.sqrt(stretch)));
  const height = Math.max(2, Math.round((imageHeight * fit) / Math.sqrt(stretch)));
  return {
    placement: {
      left: Math.round(between(0, inputWidth - width)),
      top: Math.round(between(0, inputHeight - height)),
      width,
      height,
      flipped: options.flip && stream.next() < 0.5,
    },
    hue: between(-options.hue, options.hue),
    saturation: eitherWay(options.saturation),
    value: eitherWay(options.value),
  };
}

/** Draws the changed image into a network's input. @param target [inputHeight, inputWidth, 3], 0–1 */
export function augmentInto(
  target: Float32Array,
  inputWidth: number,
  inputHeight: number,
  image: RgbPixels,
  augmentation: Augmentation,
): void {
  resampleInto(target, inputWidth, inputHeight, image, augmentation.placement);
  jitterColour(target, augmentation);
}

/** The objects of an image in the changed one; those that were cropped away are left out. */
export function augmentObjects(
  objects: FlatObjects,
  imageWidth: number,
  imageHeight: number,
  inputWidth: number,
  inputHeight: number,
  placement: Placement,
): FlatObjects {
  const boxes: number[] = [];
  const classes: number[] = [];
  const scaleX = placement.width / imageWidth;
  const scaleY = placement.height / imageHeight;
  for (let i = 0; i < objects.classes.length; i++) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = objects.boxes.subarray(4 * i, 4 * i + 4);
    const [left, right] = placement.flipped ? [imageWidth - x1, imageWidth - x0] : [x0, x1];
    const whole = [left * scaleX + placement.left, y0 * scaleY + placement.top, right * scaleX + placement.left, y1 * scaleY + placement.top] as const; // prettier-ignore
    const xmin = Math.max(0, whole[0]);
    const ymin = Math.max(0, whole[1]);
    const xmax = Math.min(inputWidth, whole[2]);
    const ymax = Math.min(inputHeight, whole[3]);
    if (xmax - xmin < LEAST_SIDE_PX || ymax - ymin < LEAST_SIDE_PX) continue;
    const share = ((xmax - xmin) * (ymax - ymin)) / ((whole[2] - whole[0]) * (whole[3] - whole[1]));
    if (share < LEAST_SHARE_LEFT) continue;
    boxes.push(xmin, ymin, xmax, ymax);
    classes.push(objects.classes[i] ?? 0);
  }
  return { boxes: Float32Array.from(boxes), classes: Int32Array.from(classes) };
}

/**
 * Changes colours in place. Saturation and value are those of HSV (c′ = v·(V − (V − c)·s)); hue turns about the grey
 * axis of RGB, which needs no branches and is nearly the same for small angles.
 */
function jitterColour(pixels: Float32Array, { hue, saturation, value }: Augmentation): void {
  const cosine = Math.cos(2 * Math.PI * hue);
  const sine = Math.sin(2 * Math.PI * hue) / Math.sqrt(3);
  const shared = (1 - cosine) / 3;
  const own = cosine + shared;
  for (let i = 0; i < pixels.length; i += 3) {
    const r = pixels[i] as number;
    const g = pixels[i + 1] as number;
    const b = pixels[i + 2] as number;
    const turnedR = own * r + (shared - sine) * g + (shared + sine) * b;
    const turnedG = (shared + sine) * r + own * g + (shared - sine) * b;
    const turnedB = (shared - sine) * r + (shared + sine) * g + own * b;
    const top = turnedR > turnedG ? (turnedR > turnedB ? turnedR : turnedB) : turnedG > turnedB ? turnedG : turnedB; // prettier-ignore
    pixels[i] = clamp(value * (top - (top - turnedR) * saturation));
    pixels[i + 1] = clamp(value * (top - (top - turnedG) * saturation));
    pixels[i + 2] = clamp(value * (top - (top - turnedB) * saturation));
  }
}

function clamp(x: number): number {
  return x < 0 ? 0 : x > 1 ? 1 : x;
}
