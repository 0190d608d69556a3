import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../pipeline/core/seed.js';
import type { YoloLayer } from '../../../stages/lib/darknet/layer-types.js';
import { assignObjects, type ImageTruth } from '../../../stages/yolo/assign.js';
import { darknetLoss, headLoss, type LossOptions } from '../../../stages/yolo/loss.js';

const layer: YoloLayer = {
  type: 'yolo',
  anchors: [[10, 14], [23, 27], [37, 58], [81, 82]], // prettier-ignore
  mask: [1, 2],
  classes: 3,
  ignoreThreshold: 0.5,
  alsoThreshold: 1,
  boxWeight: 1.5,
};
const grid = { rows: 4, columns: 5 };
const [width, height] = [160, 128];

const truth = (...objects: readonly (readonly [number, number, number, number, number])[]): ImageTruth => ({
  boxes: Float32Array.from(objects.flatMap((object) => object.slice(0, 4))),
  classes: Int32Array.from(objects, (object) => object[4]),
});

function total(raw: Float32Array, truths: readonly ImageTruth[], options: LossOptions = darknetLoss): number {
  const { parts } = headLoss(layer, raw, grid, width, height, truths, 0.5, options);
  return parts.box + parts.objectness + parts.classes;
}

describe('assignment of objects to places', () => {
  it('gives an object to the head that has its best anchor, and to no other', () => {
    const image = truth([0.5, 0.5, 37 / width, 58 / height, 0], [0.1, 0.1, 81 / width, 82 / height, 1]);
    expect(assignObjects(layer, grid, width, height, image)).toEqual([
      { object: 0, row: 2, column: 2, slot: 1 },
    ]);
  });

  it('lets other anchors answer too that overlap the object by more than the cfg’s iou_thresh', () => {
    const image = truth([0.5, 0.5, 37 / width, 58 / height, 0]);
    const slots = (alsoThreshold: number): number[] =>
      assignObjects({ ...layer, alsoThreshold }, grid, width, height, image).map(({ slot }) => slot);
    expect(slots(0.2)).toEqual([0, 1]); // 23 × 27 overlaps 37 × 58 by .29
    expect(slots(0.3)).toEqual([1]);
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

  it.each<[string, Partial<LossOptions>]>([
    ['as darknet’s', {}],
    ['with GIoU', { box: 'giou' }],
    ['with smoothed labels and focal objectness', { labelSmoothing: 0.1, focal: 2 }],
  ])('%s has the gradient that finite differences show, collisions of objects included', (_, extra) => {
    const options = { ...darknetLoss, ...extra };
    const { gradient } = headLoss(layer, raw, grid, width, height, truths, 0.5, options);
    let checked = 0;
    for (let i = 0; i < raw.length; i++) {
      const moved = (by: number): Float32Array => raw.map((value, k) => (k === i ? value + by : value));
      const slope = (total(moved(0.004), truths, options) - total(moved(-0.004), truths, options)) / 0.008;
      // Float32 sums and the ignore mask's edge leave a small error; a wrong term would be off by its own size.
      if (Math.abs(slope - (gradient[i] ?? NaN)) < 2e-3) checked++;
    }
    expect(checked).toBeGreaterThan(raw.length * 0.99);
  });

  it('of overlapping objectness has the gradient that finite differences of the scores show', () => {
    for (const focal of [0, 1.5]) {
      const options = { ...darknetLoss, objectness: 'overlap', focal } as const;
      const { gradient } = headLoss(layer, raw, grid, width, height, truths, 0.5, options);
      for (let i = 4; i < raw.length; i += 8) {
        const moved = (by: number): Float32Array => raw.map((value, k) => (k === i ? value + by : value));
        const slope = (total(moved(0.01), truths, options) - total(moved(-0.01), truths, options)) / 0.02;
        expect(slope).toBeCloseTo(gradient[i] ?? NaN, 3);
      }
    }
  });

  it('overlapping objectness asks for the IoU of the box: a half for one that is half as wide', () => {
    const object = truth([0.45, 0.55, 37 / width, 58 / height, 0]);
    const at = ((2 * 5 + 2) * 2 + 1) * 8;
    const slopeOf = (tw: number): number | undefined => {
      const half = new Float32Array(320);
      half.set([Math.log(0.25 / 0.75), Math.log(0.2 / 0.8), tw, 0, 0], at); // at the object's centre
      const options = { ...darknetLoss, objectness: 'overlap' } as const;
      return headLoss(layer, half, grid, width, height, [object], 1, options).gradient[at + 4];
    };
    expect(slopeOf(0)).toBeCloseTo(0.5 - 1, 5);
    expect(slopeOf(Math.log(0.5))).toBeCloseTo(0.5 - 0.5, 5);
    expect(slopeOf(Math.log(0.2))).toBeCloseTo(0.5 - 0.2, 5);
  });

  it('CIoU draws each raw number of a box the right way', () => {
    const object = truth([0.5, 0.6, 37 / width, 58 / height, 0]);
    const at = ((2 * 5 + 2) * 2 + 1) * 8; // its cell and anchor
    const off = new Float32Array(320);
    off.set([0.5, -0.5, 0.8, -0.8], at); // too far right and up, too wide, too low
    const { gradient } = headLoss(layer, off, grid, width, height, [object], 1, {
      ...darknetLoss,
      box: 'ciou',
    });
    expect([...gradient.subarray(at, at + 4)].map(Math.sign)).toEqual([1, -1, 1, -1]);
  });

  it('smoothed labels are met between 0 and 1, where the loss is zero', () => {
    const object = truth([0.45, 0.5, 37 / width, 58 / height, 0]);
    const at = ((2 * 5 + 2) * 2 + 1) * 8;
    const logit = (p: number): number => Math.log(p / (1 - p));
    const met = new Float32Array(320);
    met.set([logit(0.95), logit(0.05), logit(0.05)], at + 5);
    const { parts, gradient } = headLoss(layer, met, grid, width, height, [object], 1, { ...darknetLoss, labelSmoothing: 0.1 }); // prettier-ignore
    expect(parts.classes).toBeCloseTo(0, 6);
    for (const c of [0, 1, 2]) expect(gradient[at + 5 + c]).toBeCloseTo(0, 6);
  });

  it('focal objectness by hand: a place that is right with probability .9 counts (1 − .9)² as much', () => {
    const sure = new Float32Array(320);
    for (let place = 0; place < 40; place++) sure[place * 8 + 4] = Math.log(0.1 / 0.9);
    const loss = (focal: number): number =>
      headLoss(layer, sure, grid, width, height, [truth()], 1, { ...darknetLoss, focal }).parts.objectness;
    expect(loss(0)).toBeCloseTo(40 * -Math.log(0.9), 4);
    expect(loss(2)).toBeCloseTo(40 * 0.01 * -Math.log(0.9), 5);
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
