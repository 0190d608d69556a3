import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxToImage, boxToInput, letterboxOf } from '../../../../stages/lib/imaging/letterbox.js';
import { resampleInto } from '../../../../stages/lib/imaging/resample.js';

const side = fc.integer({ min: 8, max: 2000 });

describe('letterbox', () => {
  it('brings boxes back to where they were', () => {
    fc.assert(
      fc.property(side, side, side, side, (w, h, inputW, inputH) => {
        const letterbox = letterboxOf(w, h, inputW, inputH);
        const box = [0.1 * w, 0.2 * h, 0.7 * w, 0.9 * h] as [number, number, number, number];
        const back = boxToImage(letterbox, boxToInput(letterbox, box));
        for (const [i, value] of back.entries()) expect(value).toBeCloseTo(box[i] ?? NaN, 6);
      }),
    );
  });

  it('fills the longer side, centres the image and leaves grey around it', () => {
    const { placement } = letterboxOf(200, 100, 64, 64);
    expect(placement).toEqual({ left: 0, top: 16, width: 64, height: 32 });
    const target = new Float32Array(64 * 64 * 3);
    const data = new Uint8Array(200 * 100 * 3).fill(255);
    resampleInto(target, 64, 64, { width: 200, height: 100, data }, placement);
    expect([target[0], target[15 * 64 * 3], target[16 * 64 * 3], target[48 * 64 * 3]]).toEqual([
      0.5, 0.5, 1, 0.5,
    ]);
  });

  it('keeps the corner pixels of an image in its corners', () => {
    const data = Uint8Array.from([0, 0, 0, 51, 51, 51, 102, 102, 102, 255, 255, 255]);
    const target = new Float32Array(5 * 5 * 3);
    resampleInto(target, 5, 5, { width: 2, height: 2, data }, { left: 0, top: 0, width: 5, height: 5 });
    expect([target[0], target[12], target[60], target[72]].map((value) => Math.round((value ?? 0) * 255))).toEqual([0, 51, 102, 255]); // prettier-ignore
  });
});
