import { describe, expect, it } from 'vitest';
import type { ArmResult } from '../../../stages/benchmark/compare-arms.js';
import { verdictLines } from '../../../stages/benchmark/verdict.js';

interface Given {
  readonly name: string;
  readonly ap50: number;
  readonly deviation?: number;
  /** Low and high of the difference to the baseline. */
  readonly range?: readonly [number, number];
}

function arm({ name, ap50, deviation, range }: Given): ArmResult {
  const figure = {
    mean: ap50,
    deviation: deviation ?? null,
    interval: { low: ap50 - 0.05, high: ap50 + 0.05 },
  };
  const difference = range && {
    mean: (range[0] + range[1]) / 2,
    interval: { low: range[0], high: range[1] },
    pValue: 0.01,
  };
  return {
    name,
    repetitions: deviation === undefined ? 1 : 3,
    AP: figure,
    AP50: figure,
    bestF1: 0.5,
    resampled: { ap: new Float64Array(), ap50: new Float64Array() },
    difference: difference ? { AP: difference, AP50: difference } : null,
  };
}

const verdictOf = (mixed: Omit<Given, 'name'>, real: Omit<Given, 'name'>): string[] =>
  verdictLines([arm({ name: 'mixed', ...mixed }), arm({ name: 'real', ...real })], 'real');

describe('the verdict of a benchmark', () => {
  it('is plain where neither images nor seeds explain the difference', () => {
    expect(
      verdictOf({ ap50: 0.5, deviation: 0.01, range: [0.1, 0.3] }, { ap50: 0.3, deviation: 0.01 }),
    ).toEqual([
      'Best: mixed, AP50 0.500 [0.450, 0.550].',
      'mixed is better than real: AP50 +0.200 [+0.100, +0.300].',
    ]);
    expect(
      verdictOf({ ap50: 0.5, deviation: 0.01, range: [-0.3, -0.1] }, { ap50: 0.7, deviation: 0.01 })[1],
    ).toBe('mixed is worse than real: AP50 −0.200 [−0.300, −0.100].');
  });

  it('says when the images explain it', () => {
    expect(verdictOf({ ap50: 0.5, range: [-0.1, 0.3] }, { ap50: 0.4 })[1]).toContain(
      'cannot be told from real on these images',
    );
  });

  it('says when the seeds may explain it, or when there is one only', () => {
    expect(
      verdictOf({ ap50: 0.5, deviation: 0.1, range: [0.01, 0.09] }, { ap50: 0.45, deviation: 0.1 })[1],
    ).toBe(
      'mixed is better than real on these images: AP50 +0.050 [+0.010, +0.090]. The seeds scatter as much (±0.082): more are needed.',
    );
    expect(verdictOf({ ap50: 0.5, range: [0.1, 0.3] }, { ap50: 0.3 })[1]).toMatch(
      /^mixed is better than real on these images: .* One seed: another may turn it round\.$/,
    );
  });

  it('compares nothing where no arm detects anything', () => {
    const lines = verdictOf({ ap50: 0.003, range: [0.0001, 0.007] }, { ap50: 0.001 });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^No arm has learnt to detect: the best, mixed, has AP50 0\.003/);
  });
});
