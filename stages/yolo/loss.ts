import type { YoloLayer } from '../lib/darknet/layer-types.js';
import {
  LARGEST_EXPONENT,
  placeBox,
  sigmoid,
  type HeadOutput,
  type Place,
} from '../lib/darknet/place-box.js';
import { iouOf } from '../lib/metrics/iou.js';
import { overlapLoss } from './box-loss.js';
import { assignObjects, type Assignment, type Grid, type ImageTruth } from './assign.js';

/** The loss of a batch, an image on average, by its parts. */
export interface LossParts {
  readonly box: number;
  readonly objectness: number;
  readonly classes: number;
}

/** How the loss differs from darknet's. */
export interface LossOptions {
  /** darknet: offsets of the centre and logarithms of the size; giou, ciou: by the overlap of the boxes. */
  readonly box: 'darknet' | 'giou' | 'ciou';
  /**
   * What a place that answers for an object is to say of it: presence, 1 (darknet); or overlap, the IoU of its box, so
   * that of several places the one with the best box is believed (AlexeyAB's objectness_smooth).
   */
  readonly objectness: 'presence' | 'overlap';
  /** Targets of classes are moved by this share towards ½ (Szegedy et al. 2016). */
  readonly labelSmoothing: number;
  /** γ of the focal loss of objectness (Lin et al. 2017; for overlaps Li et al. 2020): what is sure already counts less. */
  readonly focal: number;
}

export const darknetLoss: LossOptions = {
  box: 'darknet',
  objectness: 'presence',
  labelSmoothing: 0,
  focal: 0,
};

interface HeadLoss {
  readonly parts: LossParts;
  /** dLoss/dRaw, as long as the raw head. */
  readonly gradient: Float32Array;
}

/** A place that answers for an object, and for the classes of all objects that fell to it. */
interface Positive extends Assignment {
  readonly classes: Set<number>;
}

/**
 * Loss and gradient of one head, as darknet's yolo layer (pjreddie src/yolo_layer.c, forward_yolo_layer): for places
 * that answer for an object boxWeight·(2 − w·h)·[BCE(x, y) + ½ MSE(tw, th)] + BCE(objectness, 1) + BCE(classes); for the others
 * BCE(objectness, 0), unless what they predict overlaps any object of their image by more than the ignore threshold.
 * (The entropy of the targets x and y is taken off; it has no slope.) When two objects fall to one place, the later one has the box and both have their class.
 * @param raw     [N, rows, columns, anchors of the mask · (5 + classes)]
 * @param scale   of all of it: 1 / images of the whole batch
 */
export function headLoss(
  layer: YoloLayer,
  raw: Float32Array,
  grid: Grid,
  inputWidth: number,
  inputHeight: number,
  truths: readonly ImageTruth[],
  scale: number,
  options: LossOptions = darknetLoss,
): HeadLoss {
  const head: HeadOutput = { layer, raw, grid, inputWidth, inputHeight };
  const gradient = new Float32Array(raw.length);
  const stride = 5 + layer.classes;
  const perImage = grid.rows * grid.columns * layer.mask.length * stride;
  const parts = { box: 0, objectness: 0, classes: 0 };
  for (const [n, truth] of truths.entries()) {
    const start = n * perImage;
    const positive = new Map<number, Positive>();
    for (const { object, row, column, slot } of assignObjects(layer, grid, inputWidth, inputHeight, truth)) {
      const at = start + ((row * grid.columns + column) * layer.mask.length + slot) * stride;
      const classes = positive.get(at)?.classes ?? new Set();
      positive.set(at, { object, row, column, slot, classes: classes.add(truth.classes[object] ?? 0) });
    }
    for (const [at, place] of positive) {
      const box = boxLoss(head, at, place, truth, options);
      const [, , width = 0, height = 0] = truth.boxes.subarray(4 * place.object, 4 * place.object + 4);
      const weight = layer.boxWeight * scale * (2 - width * height);
      parts.box += weight * box.loss;
      for (const [k, slope] of box.slope.entries()) gradient[at + k] = weight * slope;
      for (let c = 0; c < layer.classes; c++) {
        const value = raw[at + 5 + c] ?? 0;
        const target = (place.classes.has(c) ? 1 - options.labelSmoothing : 0) + options.labelSmoothing / 2;
        gradient[at + 5 + c] = scale * (sigmoid(value) - target);
        parts.classes += scale * (crossEntropy(value, target) - entropy(target));
      }
    }
    const objects = cornersPx(head, truth);
    for (let row = 0, at = start; row < grid.rows; row++)
      for (let column = 0; column < grid.columns; column++)
        for (let slot = 0; slot < layer.mask.length; slot++, at += stride) {
          const target = objectnessTarget(
            head,
            at,
            positive.get(at) ?? { row, column, slot },
            objects,
            options,
          );
          if (target === undefined) continue;
          const { loss, slope } = objectnessLoss(raw[at + 4] ?? 0, target, options.focal);
          gradient[at + 4] = scale * slope;
          parts.objectness += scale * loss;
        }
  }
  return { parts, gradient };
}

/** The loss of a place's box by its four raw numbers, unweighted. */
function boxLoss(
  head: HeadOutput,
  at: number,
  place: Assignment,
  truth: ImageTruth,
  options: LossOptions,
): { loss: number; slope: number[] } {
  const { layer, raw, grid, inputWidth, inputHeight } = head;
  const { object, row, column, slot } = place;
  const [x = 0, y = 0, width = 0, height = 0] = truth.boxes.subarray(4 * object, 4 * object + 4);
  const [tx = 0, ty = 0, tw = 0, th = 0] = raw.subarray(at, at + 4);
  if (options.box === 'darknet') {
    const [anchorWidth, anchorHeight] = layer.anchors[layer.mask[slot] ?? 0] ?? [1, 1];
    const targets = [x * grid.columns - column, y * grid.rows - row, Math.log((width * inputWidth) / anchorWidth), Math.log((height * inputHeight) / anchorHeight)]; // prettier-ignore
    let loss = 0;
    const slope = targets.map((target, k) => {
      const value = raw[at + k] ?? 0;
      const error = (k < 2 ? sigmoid(value) : value) - target;
      loss += k < 2 ? crossEntropy(value, target) - entropy(target) : 0.5 * error * error;
      return error;
    });
    return { loss, slope };
  }
  const [sx, sy] = [sigmoid(tx), sigmoid(ty)];
  const found = placeBox(head, at, place);
  const wanted = [x * inputWidth, y * inputHeight, width * inputWidth, height * inputHeight] as const;
  const { loss, slope } = overlapLoss(options.box, found, wanted);
  // An overlap is a share, an offset's loss is not: they weigh about the same with this factor.
  return {
    loss: OVERLAP_WEIGHT * loss,
    slope: [
      (OVERLAP_WEIGHT * slope[0] * sx * (1 - sx) * inputWidth) / grid.columns,
      (OVERLAP_WEIGHT * slope[1] * sy * (1 - sy) * inputHeight) / grid.rows,
      tw < LARGEST_EXPONENT ? OVERLAP_WEIGHT * slope[2] * found[2] : 0,
      th < LARGEST_EXPONENT ? OVERLAP_WEIGHT * slope[3] * found[3] : 0,
    ],
  };
}

const OVERLAP_WEIGHT = 2;

/**
 * Binary cross-entropy of σ(raw) against a target of 0–1, without what is left when they meet, times |target − σ(raw)|^γ.
 * The target counts as a constant.
 */
function objectnessLoss(raw: number, target: number, gamma: number): { loss: number; slope: number } {
  const plain = crossEntropy(raw, target) - entropy(target);
  const p = sigmoid(raw);
  if (gamma === 0) return { loss: plain, slope: p - target };
  const apart = Math.abs(p - target);
  const factor = apart ** gamma;
  const ofFactor = apart === 0 ? 0 : (gamma * factor * Math.sign(p - target) * p * (1 - p)) / apart;
  return { loss: factor * plain, slope: factor * (p - target) + ofFactor * plain };
}

/**
 * What a place's score is to be: 0 where it answers for nothing, unless it finds an object well enough all the same; then
 * it is left alone, and this is undefined.
 * @param objects corners in pixels of the input, four numbers each
 */
function objectnessTarget(
  head: HeadOutput,
  at: number,
  place: Place & Partial<Pick<Assignment, 'object'>>,
  objects: Float64Array,
  { objectness }: LossOptions,
): number | undefined {
  const answers = place.object !== undefined;
  if (answers && objectness === 'presence') return 1;
  if (objects.length === 0) return 0;
  const [x, y, width, height] = placeBox(head, at, place);
  const box = [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
  if (answers) return iouOf(box, 0, objects, place.object);
  for (let object = 0; 4 * object < objects.length; object++)
    if (iouOf(box, 0, objects, object) > head.layer.ignoreThreshold) return undefined;
  return 0;
}

/** The objects of an image by their corners, in pixels of the input, four numbers each. */
function cornersPx({ inputWidth, inputHeight }: HeadOutput, { boxes }: ImageTruth): Float64Array {
  const corners = new Float64Array(boxes.length);
  for (let at = 0; at < boxes.length; at += 4) {
    const [x = 0, y = 0, width = 0, height = 0] = boxes.subarray(at, at + 4);
    corners.set([(x - width / 2) * inputWidth, (y - height / 2) * inputHeight, (x + width / 2) * inputWidth, (y + height / 2) * inputHeight], at); // prettier-ignore
  }
  return corners;
}

/** Binary cross-entropy of σ(raw) against a target, without a logarithm of zero. */
function crossEntropy(raw: number, target: number): number {
  return Math.max(raw, 0) - raw * target + Math.log1p(Math.exp(-Math.abs(raw)));
}

/** The cross-entropy that is left when a prediction meets its target: taken off, so that a perfect loss is 0. */
function entropy(target: number): number {
  const part = (p: number): number => (p > 0 ? -p * Math.log(p) : 0);
  return part(target) + part(1 - target);
}
