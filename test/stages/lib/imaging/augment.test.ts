import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../pipeline/core/seed.js';
import { drawGeometry, placeInto, type GeometryOptions } from '../../../../stages/lib/imaging/augment.js';

const options: GeometryOptions = {
  flip: true,
  flipVertical: false,
  jitter: 0.2,
  scale: [0.6, 1.5],
  rotate: 0,
  shear: 0,
  placement: 'random',
  fill: 'grey',
  leastVisible: 0.25,
};

/** A white square on black, in an image of 80 × 60. */
function square() {
  const data = new Uint8Array(80 * 60 * 3);
  for (let y = 20; y < 44; y++) data.fill(255, (y * 80 + 30) * 3, (y * 80 + 50) * 3);
  const objects = { boxes: Float32Array.from([30, 20, 50, 44]), classes: Int32Array.from([2]) };
  return { image: { width: 80, height: 60, originalWidth: 80, originalHeight: 60, data }, objects };
}

describe('augmentation of place and shape', () => {
  it.each<[string, Partial<GeometryOptions>, number]>([
    ['scaled, moved and mirrored', {}, 2],
    ['mirrored upside down too', { flipVertical: true }, 2],
    ['turned and slanted', { rotate: 25, shear: 8 }, 3],
  ])('%s, a box still holds the pixels that it marks, tightly', (_, extra, tolerance) => {
    const own = { ...options, ...extra, leastVisible: 0.999 };
    let kept = 0;
    for (let n = 0; n < 40; n++) {
      const target = new Float32Array(96 * 64 * 3);
      const drawn = drawGeometry(new RandomStream(1, n), square(), 96, 64, own);
      const { boxes, classes } = placeInto(target, 96, 64, square(), drawn, own);
      if (classes.length === 0) continue;
      kept++;
      const white = [...target.keys()].filter((i) => i % 3 === 0 && (target[i] ?? 0) > 0.6);
      const xs = white.map((i) => (i / 3) % 96);
      const ys = white.map((i) => Math.floor(i / 3 / 96));
      const seen = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
      for (const [i, value] of seen.entries())
        expect(Math.abs(value - (boxes[i] ?? NaN))).toBeLessThan(tolerance);
    }
    expect(kept).toBeGreaterThan(10);
  });

  it('is a function of the stream’s name alone', () => {
    const draw = (epoch: number) =>
      drawGeometry(new RandomStream(7, 'augment', epoch, 'a'), square(), 96, 64, options);
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  it('leaves out an object of which less than the wanted share is left', () => {
    const objects = { boxes: Float32Array.from([0, 0, 20, 20]), classes: Int32Array.from([0]) };
    const place = (left: number, leastVisible: number) => {
      const drawn = { placement: { left, top: 0, width: 80, height: 60 }, flippedVertical: false, rotateDegrees: 0, shearDegrees: 0 }; // prettier-ignore
      const target = new Float32Array(80 * 60 * 3);
      return placeInto(target, 80, 60, { ...square(), objects }, drawn, { fill: 'grey', leastVisible })
        .classes.length;
    };
    expect([place(-14, 0.25), place(-16, 0.25), place(-16, 0.1)]).toEqual([1, 0, 1]);
  });

  it('fills what is around the image with grey or with the image’s mean colour, and centres it when told to', () => {
    const red = { ...square(), image: { ...square().image, data: Uint8Array.from({ length: 80 * 60 * 3 }, (_, i) => (i % 3 === 0 ? 255 : 0)) } }; // prettier-ignore
    const corner = (fill: 'grey' | 'mean') => {
      const own = {
        ...options,
        flip: false,
        jitter: 0,
        scale: [1, 1] as const,
        placement: 'centre' as const,
        fill,
      };
      const target = new Float32Array(80 * 80 * 3);
      const drawn = drawGeometry(new RandomStream(1), red, 80, 80, own);
      expect(drawn.placement).toMatchObject({ left: 0, top: 10, width: 80, height: 60 });
      placeInto(target, 80, 80, red, drawn, own);
      return [...target.subarray(0, 3)];
    };
    expect(corner('grey')).toEqual([0.5, 0.5, 0.5]);
    expect(corner('mean')).toEqual([1, 0, 0]);
  });
});
