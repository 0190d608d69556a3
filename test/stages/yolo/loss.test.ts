import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../pipeline/core/seed.js';
import type { YoloLayer } from '../../../stages/lib/darknet/cfg.js';
import { assignObjects, type ImageTruth } from '../../../stages/yolo/assign.js';
import { headLoss } from '../../../stages/yolo/loss.js';

const layer: YoloLayer = {
  type: 'yolo',
  anchors: [[10, 14], [23, 27], [37, 58], [81, 82]], // prettier-ignore
  mask: [1, 2],
  classes: 3,
  ignoreThreshold: 0.5,
};
const grid = { rows: 4, columns: 5 };
const [width, height] = [160, 128];

const truth = (...objects: readonly (readonly [number, number, number, number, number])[]): ImageTruth => ({
  boxes: Float32Array.from(objects.flatMap((object) => object.slice(0, 4))),
  classes: Int32Array.from(objects, (object) => object[4]),
});

function total(raw: Float32Array, truths: readonly ImageTruth[]): number {
  const { parts } = headLoss(layer, raw, grid, width, height, truths, 0.5);
  return parts.box + parts.objectness + parts.classes;
}

describe('assignment of objects to places', () => {
  it('gives an object to the head that has its best anchor, and to no other', () => {
    const image = truth([0.5, 0.5, 37 / width, 58 / height, 0], [0.1, 0.1, 81 / width, 82 / height, 1]);
    expect(assignObjects(layer, grid, width, height, image)).toEqual([
      { object: 0, row: 2, column: 2, slot: 1 },
    ]);
  });

  it('keeps a centre on the right and lower edge inside the grid', () => {
    const image = truth([1, 1, 23 / width, 27 / height, 0]);
    expect(assignObjects(layer, grid, width, height, image)).toEqual([
      { object: 0, row: 3, column: 4, slot: 0 },
    ]);
  });

  it('drops none of a thousand objects', () => {
    const stream = new RandomStream(1, 'many');
    const image = truth(...Array.from({ length: 1000 }, () => [stream.next(), stream.next(), 23 / width, 27 / height, 0] as const)); // prettier-ignore
    expect(assignObjects(layer, grid, width, height, image)).toHaveLength(1000);
  });
});

describe('the loss of a head', () => {
  const stream = new RandomStream(3, 'raw');
  const raw = Float32Array.from({ length: 2 * 4 * 5 * 2 * 8 }, () => stream.normal(0, 0.5));
  const truths = [
    truth([0.31, 0.42, 0.2, 0.3, 1], [0.72, 0.9, 0.15, 0.2, 0], [0.33, 0.43, 0.21, 0.31, 2]),
    truth([0.5, 0.5, 0.16, 0.22, 2]),
  ];

  it('has the gradient that finite differences show, collisions of objects included', () => {
    const { gradient } = headLoss(layer, raw, grid, width, height, truths, 0.5);
    let checked = 0;
    for (let i = 0; i < raw.length; i++) {
      const moved = (by: number): Float32Array => raw.map((value, k) => (k === i ? value + by : value));
      const slope = (total(moved(0.004), truths) - total(moved(-0.004), truths)) / 0.008;
      // Float32 sums and the ignore mask's edge leave a small error; a wrong term would be off by its own size.
      if (Math.abs(slope - (gradient[i] ?? NaN)) < 2e-3) checked++;
    }
    expect(checked).toBeGreaterThan(raw.length * 0.99);
  });

  it('leaves a place alone that finds an object it does not answer for', () => {
    const image = truth([0.42, 0.5, 37 / width, 58 / height, 0]);
    const quiet = new Float32Array(4 * 5 * 2 * 8).fill(0);
    const found = ((2 * 5 + 1) * 2 + 1) * 8; // the cell left of the object's, same anchor
    quiet.set([8, -8, 0, 0], found); // at the cell's upper right corner, close to the object's centre
    const { gradient } = headLoss(layer, quiet, grid, width, height, [image], 1);
    expect(gradient[found + 4]).toBe(0);
    expect(gradient[4]).toBeCloseTo(0.5);
  });

  it('does not mix images: an object of one is no excuse in another', () => {
    const object = truth([0.5, 0.5, 37 / width, 58 / height, 0]);
    const quiet = new Float32Array(2 * 4 * 5 * 2 * 8);
    const { gradient } = headLoss(layer, quiet, grid, width, height, [truth(), object], 1);
    const first = gradient.subarray(0, gradient.length / 2);
    expect(first.filter((value) => value !== 0)).toHaveLength(4 * 5 * 2);
  });

  it('weighs small boxes up by 2 − w·h', () => {
    const slope = (w: number, h: number): number => {
      const { gradient } = headLoss(layer, new Float32Array(320), grid, width, height, [truth([0.45, 0.5, w, h, 0])], 1); // prettier-ignore
      return gradient.find((value, i) => i % 8 === 0 && value !== 0) ?? NaN;
    };
    expect(slope(23 / width, 27 / height) / slope(37 / width, 58 / height)).toBeCloseTo(
      (2 - (23 * 27) / (width * height)) / (2 - (37 * 58) / (width * height)),
    );
  });
});
