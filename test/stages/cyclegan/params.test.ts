import { describe, expect, it } from 'vitest';
import { checkTrainingMemory } from '../../../stages/cyclegan/memory.js';
import { cycleGanParams, gammaOf } from '../../../stages/cyclegan/params.js';
import { cycleGanTrainStage } from '../../../stages/cyclegan/stage.js';

const parsed = (params: object) => cycleGanParams.parse(params);

describe('what cyclegan/train takes', () => {
  it('γ goes by the variant where it is left out', () => {
    const gamma = (bayesian: object, mode = 'bayesian') => gammaOf(parsed({ mode, bayesian }));
    expect(gamma({ variant: 'paper' })).toBe(0.1);
    expect(gamma({ variant: 'paper', gamma: 0 })).toBe(0);
    expect(gamma({})).toBe(0);
    expect(gamma({ gamma: 0.5 })).toBe(0.5);
    expect(gamma({ gamma: 0.5 }, 'cyclegan')).toBe(0);
  });

  it('the published variant has no noise', () => {
    const { error } = cycleGanParams.safeParse({ bayesian: { variant: 'paper', friction: 0.01 } });
    expect(error?.issues[0]).toMatchObject({
      path: ['bayesian', 'friction'],
      message: expect.stringContaining('use `variant: sane`') as string,
    });
  });

  it('pixels weigh nothing in CUT, which has no cycle', () => {
    const { error } = cycleGanParams.safeParse({ mode: 'cut', boxWeight: 3 });
    expect(error?.issues[0]).toMatchObject({
      path: ['boxWeight'],
      message: expect.stringContaining('leave `boxWeight` out') as string,
    });
    expect(cycleGanParams.safeParse({ mode: 'cyclegan', boxWeight: 3 }).success).toBe(true);
  });

  it('what only Bayesian generators read is no part of the key of others', () => {
    const keyOf = (params: object) => cycleGanTrainStage.keyParams?.(parsed(params));
    expect(keyOf({ mode: 'cut', bayesian: { gamma: 0.5 } })).toEqual(keyOf({ mode: 'cut' }));
    expect(keyOf({ mode: 'cut' })).toHaveProperty('bayesian', { variant: 'sane', samples: 3, prior: 1 });
    const bayesian = (more: object) => keyOf({ mode: 'bayesian', bayesian: more });
    expect(bayesian({ gamma: 0.5 })).not.toEqual(bayesian({}));
    expect(bayesian({ gamma: 0 })).toEqual(bayesian({}));
    expect(bayesian({ friction: 0.1 })).not.toEqual(bayesian({}));
  });

  it('encoders and γ are reckoned with where memory is short', () => {
    const least = (bayesian: object): number => {
      for (let memoryMb = 100; ; memoryMb += 5)
        try {
          checkTrainingMemory(parsed({ mode: 'bayesian', crop: 128, width: 16, memoryMb, bayesian }));
          return memoryMb;
        } catch {
          continue;
        }
    };
    expect(least({ map: 'encoder' })).toBeGreaterThan(least({}));
    expect(least({ gamma: 0.5 })).toBeGreaterThan(least({}));
  });
});
