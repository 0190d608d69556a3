import fastCheck from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream, derivedSeed } from '../../../pipeline/core/seed.js';

describe('random streams', () => {
  it('are a function of their name', () => {
    const draw = (...path: (string | number)[]): number[] => {
      const stream = new RandomStream(1, ...path);
      return [stream.next(), stream.next(), stream.next()];
    };
    expect(draw('camera', 3)).toEqual(draw('camera', 3));
    expect(draw('camera', 3)).not.toEqual(draw('camera', 4));
    // Names are lists, not joined text.
    expect(draw('a', 'bc')).not.toEqual(draw('ab', 'c'));
    expect(draw(1)).not.toEqual(draw('1'));
  });

  it('stay in their ranges and use all of them', () => {
    fastCheck.assert(
      fastCheck.property(
        fastCheck.string(),
        fastCheck.integer({ min: -5, max: 5 }),
        fastCheck.nat(6),
        (name, low, span) => {
          const stream = new RandomStream(name);
          const drawn = new Set(Array.from({ length: 200 }, () => stream.integer(low, low + span)));
          expect(Math.min(...drawn)).toBe(low);
          expect(Math.max(...drawn)).toBe(low + span);
          expect(drawn.size).toBe(span + 1);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('shuffle without losing anything', () => {
    fastCheck.assert(
      fastCheck.property(fastCheck.array(fastCheck.integer()), fastCheck.string(), (items, name) => {
        const shuffled = new RandomStream(name).shuffled(items);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
    );
  });

  it('have the mean and deviation of the normal distribution', () => {
    const stream = new RandomStream('normal');
    const values = Array.from({ length: 4000 }, () => stream.normal(2, 3));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(2, 0);
    expect(Math.sqrt(variance)).toBeCloseTo(3, 0);
  });

  it('derive seeds of 32 bits', () => {
    expect(derivedSeed(1, 'a')).toBeLessThan(2 ** 32);
    expect(derivedSeed(1, 'a')).not.toBe(derivedSeed(1, 'b'));
  });
});
