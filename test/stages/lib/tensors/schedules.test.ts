import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../../stages/lib/tensors/expression.js';
import {
  afterValidation,
  freshPlateau,
  rateAt,
  scheduleNames,
  type Schedule,
} from '../../../../stages/lib/tensors/schedules.js';

const base: Omit<Schedule, 'decay'> = {
  rate: 1,
  warmup: { steps: 10, from: 0, shape: 'linear' },
  totalSteps: 110,
  stepsPerEpoch: 11,
};
const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 9) as number);

describe('learning rates', () => {
  it('rise over the warm-up and fall along half a cosine', () => {
    const schedule = { ...base, decay: { name: 'cosine', final: 0.1 } } as const;
    expect([0, 4, 9, 10, 60, 110].map((step) => rateAt(schedule, step))).toEqual(
      close([0.1, 0.5, 1, 1, 0.55, 0.1]),
    );
  });

  it('fall in steps at shares of the whole', () => {
    const schedule = { ...base, decay: { name: 'steps', at: [0.5, 0.9], factor: 0.1 } } as const;
    expect([54, 55, 98, 99].map((step) => rateAt(schedule, step))).toEqual(close([1, 0.1, 0.1, 0.01]));
  });

  it('start again at the top after each cosine, the next one being longer', () => {
    const warmup = { steps: 0, from: 0, shape: 'linear' } as const;
    const schedule = {
      ...base,
      warmup,
      decay: { name: 'restarts', epochs: 1, factor: 2, final: 0 },
    } as const;
    expect([0, 11, 22, 33].map((step) => rateAt(schedule, step))).toEqual(close([1, 1, 0.5, 1]));
    expect(rateAt(schedule, 10)).toBeLessThan(0.05);
  });

  it('fall by the same factor each step', () => {
    const schedule = { ...base, decay: { name: 'exponential', final: 0.01 } } as const;
    expect([10, 60, 110].map((step) => rateAt(schedule, step))).toEqual(close([1, 0.1, 0.01]));
  });

  it('follow a formula', () => {
    const formula = parseExpression('0.5 ^ epoch * (progress < 0.5 ? 1 : 0.1)', scheduleNames);
    const schedule = { ...base, decay: { name: 'lambda', formula } } as const;
    expect([12, 60].map((step) => rateAt(schedule, step))).toEqual(close([0.5, 0.1 * 0.5 ** 5]));
  });

  it('rise exponentially or like darknet’s burn-in', () => {
    const rising = (shape: 'exponential' | 'power', from: number) =>
      [0, 4, 9].map((step) => rateAt({ ...base, warmup: { steps: 10, from, shape }, decay: { name: 'constant' } }, step)); // prettier-ignore
    expect(rising('exponential', 0.01)).toEqual(close([0.01 ** 0.9, 0.1, 1]));
    expect(rising('power', 0)).toEqual(close([0.0001, 0.0625, 1]));
  });

  it('a plateau lowers the rate after it waited long enough, and not below the least', () => {
    const rule = { factor: 0.1, patience: 1, least: 0.05 };
    const shares: number[] = [];
    let state = freshPlateau;
    for (const figure of [0.3, 0.3, 0.3, 0.4, 0.2, 0.2, 0.2, 0.2]) {
      state = afterValidation(state, figure, rule);
      shares.push(state.share);
    }
    expect(shares).toEqual([1, 1, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05]);
  });
});

describe('formulas', () => {
  const value = (text: string): number => parseExpression(text, ['step', 'epoch'])({ step: 6, epoch: 2 });

  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['7 % 4 - 1', 2],
    ['step / epoch', 3],
    ['step > 5 ? 10 : 20', 10],
    ['max(1, min(step, 4), 2)', 4],
    ['1e-2 + .5', 0.51],
    ['cos(pi)', -1],
  ])('%s is %d', (text, wanted) => expect(value(text)).toBeCloseTo(wanted, 12));

  it.each([
    ['1 +', 'ends too early (at character 4)'],
    ['stop * 2', 'there is no "stop"; there are step, epoch, pi (at character 1)'],
    ['2 * process', 'there is no "process"'],
    ['constructor(1)', 'there is no function "constructor"'],
    ['1 ; 2', '";" is not expected (at character 3)'],
    ['(1', '")" is expected'],
    ['1.2.3', 'is not expected'],
  ])('%s is refused: %s', (text, message) => expect(() => value(text)).toThrow(message));
});
