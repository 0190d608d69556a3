import type { YoloLayer } from '../lib/darknet/cfg.js';
import { sigmoid } from '../lib/darknet/decode.js';
import { assignObjects, type Assignment, type Grid, type ImageTruth } from './assign.js';

/** The loss of a batch, an image on average, by its parts. */
export interface LossParts {
  readonly box: number;
  readonly objectness: number;
  readonly classes: number;
}

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
 * that answer for an object (2 − w·h)·[BCE(x, y) + ½ MSE(tw, th)] + BCE(objectness, 1) + BCE(classes); for the others
 * BCE(objectness, 0), unless what they predict overlaps any object of their image by more than the ignore threshold.
 * (The entropy of the targets x and y is taken off; it has no slope.) When two objects fall to one place, the later one has the box and both have their class.
 * @param raw   [N, rows, columns, anchors of the mask · (5 + classes)]
 * @param scale of all of it: 1 / images of the whole batch
 */
export function headLoss(
  layer: YoloLayer,
  raw: Float32Array,
  grid: Grid,
  inputWidth: number,
  inputHeight: number,
  truths: readonly ImageTruth[],
  scale: number,
): HeadLoss {
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
    for (const [at, { object, row, column, slot, classes }] of positive) {
      const [x = 0, y = 0, width = 0, height = 0] = truth.boxes.subarray(4 * object, 4 * object + 4);
      const [anchorWidth, anchorHeight] = layer.anchors[layer.mask[slot] ?? 0] ?? [1, 1];
      const weight = scale * (2 - width * height);
      const targets = [x * grid.columns - column, y * grid.rows - row, Math.log((width * inputWidth) / anchorWidth), Math.log((height * inputHeight) / anchorHeight)]; // prettier-ignore
      for (const [k, target] of targets.entries()) {
        const value = raw[at + k] ?? 0;
        const error = (k < 2 ? sigmoid(value) : value) - target;
        gradient[at + k] = weight * error;
        parts.box += weight * (k < 2 ? crossEntropy(value, target) - entropy(target) : 0.5 * error * error);
      }
      for (let c = 0; c < layer.classes; c++) {
        const value = raw[at + 5 + c] ?? 0;
        const target = classes.has(c) ? 1 : 0;
        gradient[at + 5 + c] = scale * (sigmoid(value) - target);
        parts.classes += scale * crossEntropy(value, target);
      }
    }
    for (let place = 0; place < grid.rows * grid.columns * layer.mask.length; place++) {
      const at = start + place * stride;
      const value = raw[at + 4] ?? 0;
      const target = positive.has(at) ? 1 : 0;
      if (target === 0 && overlapsAny(layer, raw, at, place, grid, inputWidth, inputHeight, truth)) continue;
      gradient[at + 4] = scale * (sigmoid(value) - target);
      parts.objectness += scale * crossEntropy(value, target);
    }
  }
  return { parts, gradient };
}

/** Does the box that this place predicts overlap any object of the image by more than the ignore threshold? */
function overlapsAny(
  layer: YoloLayer,
  raw: Float32Array,
  at: number,
  place: number,
  grid: Grid,
  inputWidth: number,
  inputHeight: number,
  truth: ImageTruth,
): boolean {
  const objects = truth.classes.length;
  if (objects === 0) return false;
  const anchors = layer.mask.length;
  const cell = Math.floor(place / anchors);
  const [anchorWidth, anchorHeight] = layer.anchors[layer.mask[place % anchors] ?? 0] ?? [1, 1];
  const x = ((cell % grid.columns) + sigmoid(raw[at] ?? 0)) / grid.columns;
  const y = (Math.floor(cell / grid.columns) + sigmoid(raw[at + 1] ?? 0)) / grid.rows;
  const width = (Math.exp(raw[at + 2] ?? 0) * anchorWidth) / inputWidth;
  const height = (Math.exp(raw[at + 3] ?? 0) * anchorHeight) / inputHeight;
  for (let object = 0; object < objects; object++) {
    const otherWidth = truth.boxes[4 * object + 2] ?? 0;
    const otherHeight = truth.boxes[4 * object + 3] ?? 0;
    const otherX = truth.boxes[4 * object] ?? 0;
    const otherY = truth.boxes[4 * object + 1] ?? 0;
    const across = Math.min(x + width / 2, otherX + otherWidth / 2) - Math.max(x - width / 2, otherX - otherWidth / 2); // prettier-ignore
    const down = Math.min(y + height / 2, otherY + otherHeight / 2) - Math.max(y - height / 2, otherY - otherHeight / 2); // prettier-ignore
    if (across <= 0 || down <= 0) continue;
    const shared = across * down;
    if (shared > layer.ignoreThreshold * (width * height + otherWidth * otherHeight - shared)) return true;
  }
  return false;
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
