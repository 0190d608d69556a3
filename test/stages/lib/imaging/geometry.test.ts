import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../pipeline/core/seed.js';
import { augmentInto, augmentObjects, drawAugmentation } from '../../../../stages/lib/imaging/augment.js';
import { boxToImage, boxToInput, letterboxOf } from '../../../../stages/lib/imaging/letterbox.js';
import { resampleInto } from '../../../../stages/lib/imaging/resample.js';

const options = {
  flip: true,
  jitter: 0.2,
  scale: [0.6, 1.5],
  hue: 0.05,
  saturation: 1.4,
  value: 1.4,
} as const;
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

describe('augmentation', () => {
  it('moves a box with the pixels that it marks', () => {
    // One white square on black; wherever it goes, its box must hold it, tightly.
    const data = new Uint8Array(80 * 60 * 3);
    for (let y = 20; y < 44; y++) data.fill(255, (y * 80 + 30) * 3, (y * 80 + 50) * 3);
    const objects = { boxes: Float32Array.from([30, 20, 50, 44]), classes: Int32Array.from([2]) };
    let kept = 0;
    for (let n = 0; n < 40; n++) {
      const drawn = { ...drawAugmentation(new RandomStream(1, n), 80, 60, 96, 64, options), hue: 0, saturation: 1, value: 1 }; // prettier-ignore
      const target = new Float32Array(96 * 64 * 3);
      augmentInto(target, 96, 64, { width: 80, height: 60, data }, drawn);
      const { boxes, classes } = augmentObjects(objects, 80, 60, 96, 64, drawn.placement);
      const white = [...target.keys()].filter((i) => i % 3 === 0 && (target[i] ?? 0) > 0.6);
      if (classes.length === 0) continue;
      kept++;
      const xs = white.map((i) => (i / 3) % 96);
      const ys = white.map((i) => Math.floor(i / 3 / 96));
      const seen = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
      for (const [i, value] of seen.entries()) expect(Math.abs(value - (boxes[i] ?? NaN))).toBeLessThan(2);
    }
    expect(kept).toBeGreaterThan(20);
  });

  it('is a function of the stream’s name alone', () => {
    const draw = () => drawAugmentation(new RandomStream(7, 'augment', 3, 'a'), 80, 60, 96, 64, options);
    expect(draw()).toEqual(draw());
    expect(drawAugmentation(new RandomStream(7, 'augment', 4, 'a'), 80, 60, 96, 64, options)).not.toEqual(
      draw(),
    );
  });

  it('leaves out an object of which little is left', () => {
    const objects = { boxes: Float32Array.from([0, 0, 20, 20]), classes: Int32Array.from([0]) };
    const place = (left: number) => ({ left, top: 0, width: 80, height: 60 });
    expect(augmentObjects(objects, 80, 60, 80, 60, place(-14)).classes).toHaveLength(1);
    expect(augmentObjects(objects, 80, 60, 80, 60, place(-16)).classes).toHaveLength(0);
  });
});
