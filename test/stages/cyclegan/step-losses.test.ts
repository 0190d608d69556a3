import { describe, expect, it } from 'vitest';
import { checkLosses, lossesByWay, namedLosses, noteOf } from '../../../stages/cyclegan/step-losses.js';

const outcome = (losses: Record<string, number>) => ({ losses, fake: new Float32Array() });
const both = [outcome({ generator: 1, cycle: 0.25 }), outcome({ generator: 2, cycle: 0.5 })];

describe('the losses of a step', () => {
  it('stand by their way, in a line beside each other', () => {
    const losses = namedLosses(both, 'cyclegan');
    expect(Object.keys(losses)).toEqual([
      'generator/to target',
      'cycle/to target',
      'generator/to source',
      'cycle/to source',
    ]);
    expect(noteOf(losses)).toBe('generator 1.000 / 2.000, cycle 0.250 / 0.500');
    expect(lossesByWay(Object.keys(losses)).map(([way, parts]) => [way, [...parts.keys()]])).toEqual([
      ['to target', ['generator', 'cycle']],
      ['to source', ['generator', 'cycle']],
    ]);
  });

  it('of CUT have one way', () => {
    const losses = namedLosses([outcome({ generator: 1, patches: 3 }), outcome({ identity: 2 })], 'cut');
    expect(noteOf(losses)).toBe('generator 1.000, patches 3.000, identity 2.000');
    expect(lossesByWay(Object.keys(losses)).map(([way, parts]) => [way, [...parts.values()]])).toEqual([
      ['', ['generator', 'patches', 'identity']],
    ]);
  });

  it('end a training when one is no number', () => {
    expect(() => checkLosses({ generator: 1 }, 4)).not.toThrow();
    expect(() => checkLosses({ generator: Infinity }, 4)).toThrow('at step 5 a loss is no number');
  });
});
