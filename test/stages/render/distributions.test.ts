import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../../pipeline/core/json.js';
import { parseDistributions, sampleTree, type AssetPool } from '../../../stages/render/distributions.js';

const noAssets: AssetPool = () => [];
const draw = (tree: JsonValue, seed = 1, path: (string | number)[] = [0]): JsonValue =>
  sampleTree(parseDistributions(tree), seed, path, noAssets);
const many = (tree: JsonValue, count = 400): number[] =>
  Array.from({ length: count }, (_, frame) => draw(tree, 3, [frame]) as number);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('distributions', () => {
  test('uniform, integer and logUniform stay in their ranges and fill them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 50 }), (low, width) => {
        for (const kind of ['uniform', 'integer', 'logUniform']) {
          const values = many({ [kind]: [low, low + width] }, 200);
          expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
          expect(Math.max(...values)).toBeLessThanOrEqual(low + width);
          expect(new Set(values).size).toBeGreaterThan(1);
        }
      }),
      { numRuns: 20 },
    );
    expect(many({ integer: [1, 3] }).every(Number.isInteger)).toBe(true);
    expect(mean(many({ uniform: [2, 6] }))).toBeCloseTo(4, 0);
    expect(mean(many({ logUniform: [1, 100] }).map(Math.log10))).toBeCloseTo(1, 0);
  });

  test('normal has its mean and deviation', () => {
    const values = many({ normal: [5, 2] }, 2000);
    expect(Math.abs(mean(values) - 5)).toBeLessThan(0.15);
    expect(Math.abs(Math.sqrt(mean(values.map((value) => (value - 5) ** 2))) - 2)).toBeLessThan(0.15);
  });

  test('weighted choices come as often as their weights say', () => {
    const values = Array.from({ length: 3000 }, (_, frame) =>
      draw(
        {
          weighted: [
            ['a', 3],
            ['b', 1],
          ],
        },
        1,
        [frame],
      ),
    );
    expect(Math.abs(values.filter((value) => value === 'a').length / 3000 - 0.75)).toBeLessThan(0.03);
  });

  test('plain values, constants and branches stand for themselves', () => {
    expect(draw({ a: 3, b: { c: 'x', d: [1, 2] }, e: { constant: { uniform: 7 } }, f: null })).toEqual({
      a: 3,
      b: { c: 'x', d: [1, 2] },
      e: { uniform: 7 },
      f: null,
    });
  });

  test('another parameter in the tree moves no value that was there', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-m]{1,5}$/), { minLength: 1, maxLength: 6 }),
        (names) => {
          const tree = Object.fromEntries(names.map((name) => [name, { uniform: [0, 1] }]));
          const before = draw(tree) as Record<string, number>;
          const after = draw({ zzz: { uniform: [0, 1] }, ...tree }) as Record<string, number>;
          for (const name of names) expect(after[name]).toBe(before[name]);
        },
      ),
    );
  });

  test('one more option takes only the frames that it wins, about one in n + 1', () => {
    const pool = Array.from({ length: 20 }, (_, index) => `texture-${index}`);
    let moved = 0;
    const frames = 2000;
    for (let frame = 0; frame < frames; frame++) {
      const before = draw({ choice: pool }, 9, [frame]);
      const after = draw({ choice: [...pool, 'another'] }, 9, [frame]);
      if (after !== before) {
        expect(after).toBe('another');
        moved += 1;
      }
    }
    expect(moved / frames).toBeGreaterThan(0.03);
    expect(moved / frames).toBeLessThan(0.07);
  });

  test('the order of the options does not matter', () => {
    for (let frame = 0; frame < 50; frame++)
      expect(draw({ choice: ['a', 'b', 'c'] }, 1, [frame])).toBe(
        draw({ choice: ['c', 'a', 'b'] }, 1, [frame]),
      );
  });

  test('an edited asset stays with the frames that had it, and its content changes their description alone', () => {
    const tree = parseDistributions({ glob: './*.exr' });
    const pool =
      (changed: string): AssetPool =>
      () =>
        ['a.exr', 'b.exr', 'c.exr'].map((name) => ({ name, digest: name === changed ? 'new' : 'old' }));
    for (let frame = 0; frame < 60; frame++) {
      const before = sampleTree(tree, 1, [frame], pool('')) as { $asset: string };
      const after = sampleTree(tree, 1, [frame], pool('b.exr')) as { $asset: string; digest: string };
      expect(after.$asset).toBe(before.$asset);
      expect(after.digest).toBe(after.$asset === 'b.exr' ? 'new' : 'old');
    }
  });

  test.each([
    [{ a: { uniform: [1] } }, /^a: uniform needs \[low, high\], two numbers/],
    [{ a: { uniform: [3, 1] } }, /3 is above 1/],
    [{ a: { b: { integer: [0.5, 2] } } }, /^a\.b: integer needs whole numbers/],
    [{ a: { logUniform: [0, 2] } }, /numbers above 0/],
    [{ a: { normal: [0, -1] } }, /deviation of at least 0/],
    [{ a: { choice: [] } }, /at least one value/],
    [{ a: { choice: ['x', 'x'] } }, /names a value twice/],
    [{ a: { weighted: [['x', 0]] } }, /weights above 0/],
    [{ a: { glob: 3 } }, /glob needs a pattern/],
    [{ a: { uniform: [0, 1], normal: [0, 1] } }, /one key/],
    [{ a: { unifrom: [0, 1] } }, /no distribution unifrom; did you mean uniform\?/],
  ] as [JsonValue, RegExp][])('%j is refused, saying where and why', (tree, message) => {
    expect(() => parseDistributions(tree)).toThrow(message);
  });
});
