import { describe, expect, it } from 'vitest';
import { tilesOf, tileWeight } from '../../../../stages/cyclegan/translate/tiles.js';

describe('tiles of an image', () => {
  it('are one where the image fits', () => {
    expect(tilesOf(100, 60, 128, 32)).toEqual([{ left: 0, top: 0, width: 100, height: 60 }]);
  });

  it.each([129, 200, 416, 1000])('cover all of %i pixels, are of one size, and overlap enough', (length) => {
    const tiles = tilesOf(length, 64, 128, 32);
    expect(tiles[0]?.left).toBe(0);
    expect((tiles.at(-1)?.left ?? 0) + 128).toBe(length);
    for (const [n, { left, width }] of tiles.entries()) {
      expect(width).toBe(128);
      const next = tiles[n + 1];
      // Places are rounded to whole pixels.
      if (next) expect(left + width - next.left).toBeGreaterThanOrEqual(31);
    }
  });

  it('count fully inside and at the image’s edge, and fade where they overlap', () => {
    expect(tileWeight(0, 0, 128, 300, 32)).toBe(1);
    expect(tileWeight(64, 86, 128, 300, 32)).toBe(1);
    expect(tileWeight(0, 86, 128, 300, 32)).toBeCloseTo(1 / 33, 12);
    expect(tileWeight(127, 86, 128, 300, 32)).toBeCloseTo(1 / 33, 12);
    expect(tileWeight(127, 172, 128, 300, 32)).toBe(1);
  });
});
