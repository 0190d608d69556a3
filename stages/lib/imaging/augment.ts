import type { RandomStream } from '../../../pipeline/core/seed.js';
import { affineInto, andThen, mapBox, type Affine } from './affine.js';
import { LETTERBOX_GREY, meanColour, type Colour, type Placement, type RgbPixels } from './resample.js';
import { resampleByVectors } from './vector-resample.js';

/** How much the place and shape of an image may be changed for training. */
export interface GeometryOptions {
  /** Mirrored left to right every other time. */
  readonly flip: boolean;
  /** Mirrored upside down every other time. */
  readonly flipVertical: boolean;
  /** The aspect changes by up to this share, 0–1. */
  readonly jitter: number;
  /** Least and largest size, relative to the letterboxed image. */
  readonly scale: readonly [number, number];
  /** Turns by up to so many degrees either way. */
  readonly rotate: number;
  /** Slants by up to so many degrees either way. */
  readonly shear: number;
  /** random: anywhere in the input; centre: as a letterbox. */
  readonly placement: 'random' | 'centre';
  /** What is around the image: darknet's grey, or its own mean colour. */
  readonly fill: 'grey' | 'mean';
  /** An object of which less than this share of its box is left is no longer called one. */
  readonly leastVisible: number;
}

/** The place and shape of one image, drawn. */
export interface DrawnGeometry {
  readonly placement: Placement;
  readonly flippedVertical: boolean;
  readonly rotateDegrees: number;
  readonly shearDegrees: number;
}

/** Objects as flat numbers: four a box. */
export interface FlatObjects {
  /** xmin, ymin, xmax, ymax */
  readonly boxes: Float32Array;
  readonly classes: Int32Array;
}

/** A picture, with its objects in pixels of the image as stored. */
export interface Picture {
  readonly image: RgbPixels & { readonly originalWidth: number; readonly originalHeight: number };
  readonly objects: FlatObjects;
}

const LEAST_SIDE_PX = 2;

/** Draws an image's place and shape. The stream is named by (seed, epoch, image): nothing else moves them. */
export function drawGeometry(
  stream: RandomStream,
  { image: { originalWidth, originalHeight } }: Picture,
  inputWidth: number,
  inputHeight: number,
  options: GeometryOptions,
): DrawnGeometry {
  const between = (low: number, high: number): number => low + (high - low) * stream.next();
  const stretch = between(1 - options.jitter, 1 + options.jitter) / between(1 - options.jitter, 1 + options.jitter); // prettier-ignore
  const scale = between(options.scale[0], options.scale[1]);
  const fit = Math.min(inputWidth / originalWidth, inputHeight / originalHeight) * scale;
  const width = Math.max(2, Math.round(originalWidth * fit * Math.sqrt(stretch)));
  const height = Math.max(2, Math.round((originalHeight * fit) / Math.sqrt(stretch)));
  const anywhere = options.placement === 'random';
  return {
    placement: {
      left: Math.round(anywhere ? between(0, inputWidth - width) : (inputWidth - width) / 2),
      top: Math.round(anywhere ? between(0, inputHeight - height) : (inputHeight - height) / 2),
      width,
      height,
      flipped: options.flip && stream.next() < 0.5,
    },
    flippedVertical: options.flipVertical && stream.next() < 0.5,
    rotateDegrees: options.rotate === 0 ? 0 : between(-options.rotate, options.rotate),
    shearDegrees: options.shear === 0 ? 0 : between(-options.shear, options.shear),
  };
}

/**
 * Draws a picture at its place into a network's input.
 * @param target [inputHeight, inputWidth, 3], 0–1
 * @returns its objects there, in pixels of the input; those that were cropped away are left out
 */
export function placeInto(
  target: Float32Array,
  inputWidth: number,
  inputHeight: number,
  { image, objects }: Picture,
  drawn: DrawnGeometry,
  options: Pick<GeometryOptions, 'fill' | 'leastVisible'>,
): FlatObjects {
  const fill: Colour = options.fill === 'mean' ? meanColour(image) : LETTERBOX_GREY;
  const { placement, flippedVertical, rotateDegrees, shearDegrees } = drawn;
  if (flippedVertical || rotateDegrees !== 0 || shearDegrees !== 0)
    affineInto(target, inputWidth, inputHeight, image, mapOf(drawn, image.width, image.height), fill);
  else resampleByVectors(target, inputWidth, inputHeight, image, placement, fill);
  const map = mapOf(drawn, image.originalWidth, image.originalHeight);
  return keepVisible(objects, map, inputWidth, inputHeight, options.leastVisible);
}

/** From pixels of an image of this size to pixels of the input. */
function mapOf({ placement, ...drawn }: DrawnGeometry, width: number, height: number): Affine {
  const scaleX = (placement.width / width) * (placement.flipped ? -1 : 1);
  const scaleY = (placement.height / height) * (drawn.flippedVertical ? -1 : 1);
  const left = placement.left + (placement.flipped ? placement.width : 0);
  const top = placement.top + (drawn.flippedVertical ? placement.height : 0);
  const placed: Affine = [scaleX, 0, left, 0, scaleY, top];
  if (drawn.rotateDegrees === 0 && drawn.shearDegrees === 0) return placed;
  // Turned and slanted about the middle of its place.
  const x = placement.left + placement.width / 2;
  const y = placement.top + placement.height / 2;
  const angle = (drawn.rotateDegrees * Math.PI) / 180;
  const slant = Math.tan((drawn.shearDegrees * Math.PI) / 180);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const turned = andThen([1, slant, 0, 0, 1, 0], [cosine, -sine, 0, sine, cosine, 0]);
  return andThen(andThen(placed, [1, 0, -x, 0, 1, -y]), andThen(turned, [1, 0, x, 0, 1, y]));
}

function keepVisible(
  objects: FlatObjects,
  map: Affine,
  inputWidth: number,
  inputHeight: number,
  leastVisible: number,
): FlatObjects {
  const boxes: number[] = [];
  const classes: number[] = [];
  for (let i = 0; i < objects.classes.length; i++) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = objects.boxes.subarray(4 * i, 4 * i + 4);
    const whole = mapBox(map, [x0, y0, x1, y1]);
    const xmin = Math.max(0, whole[0]);
    const ymin = Math.max(0, whole[1]);
    const xmax = Math.min(inputWidth, whole[2]);
    const ymax = Math.min(inputHeight, whole[3]);
    if (xmax - xmin < LEAST_SIDE_PX || ymax - ymin < LEAST_SIDE_PX) continue;
    const share = ((xmax - xmin) * (ymax - ymin)) / ((whole[2] - whole[0]) * (whole[3] - whole[1]));
    if (share < leastVisible) continue;
    boxes.push(xmin, ymin, xmax, ymax);
    classes.push(objects.classes[i] ?? 0);
  }
  return { boxes: Float32Array.from(boxes), classes: Int32Array.from(classes) };
}
