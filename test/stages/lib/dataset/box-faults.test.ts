import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkObjects,
  type BoxAction,
  type BoxFault,
} from '../../../../stages/lib/dataset/checks/box-faults.js';
import type { ObjectRecord } from '../../../../stages/lib/dataset/record.js';
import { anObject } from '../../../support/dataset-builder.js';

const all = (action: BoxAction): Record<BoxFault, BoxAction> => ({
  'box-inverted': action,
  'box-empty': action,
  'box-outside': action,
  'box-over-edge': action,
  'box-repeated': action,
  'class-unknown': action,
});
const check = (objects: ObjectRecord[], action: BoxAction, classes?: string[]) =>
  checkObjects({ objects, width: 100, height: 80 }, all(action), classes && new Set(classes));
const person = (...box: ObjectRecord['box']) => anObject('person', box);

describe('faults of boxes', () => {
  it.each([
    ['box-inverted', person(40, 10, 20, 30)],
    ['box-empty', person(40, 10, 40, 30)],
    ['box-empty', person(40, 10, 60, 10)],
    ['box-outside', person(100, 10, 120, 30)],
    ['box-outside', person(10, -30, 20, 0)],
    ['box-over-edge', person(90, 10, 101, 30)],
    ['box-over-edge', person(-0.6, 10, 20, 30)],
    ['class-unknown', anObject('dog', [1, 1, 9, 9])],
  ] as const)('%s is found in %o, left by warn, taken out by drop', (fault, object) => {
    const warned = check([object], 'warn', ['person']);
    expect(warned.faults).toEqual([{ fault, object: 0, action: 'warn' }]);
    expect(warned.objects).toEqual([object]);
    expect(check([object], 'drop', ['person']).objects).toEqual([]);
  });

  it('boxes up to the edge, and over it by less than rounding makes, are sound', () => {
    expect(check([person(0, 0, 100, 80), person(-0.4, 0, 100.4, 80)], 'error').faults).toEqual([]);
  });

  it('the second of two equal boxes is the repeated one; another class is another object', () => {
    const twice = [person(1, 1, 9, 9), anObject('dog', [1, 1, 9, 9]), person(1, 1, 9, 9)];
    expect(check(twice, 'drop').faults).toEqual([{ fault: 'box-repeated', object: 2, action: 'drop' }]);
    expect(check(twice, 'drop').objects).toEqual(twice.slice(0, 2));
  });

  it('a box over the edge is clipped, and the whole of it is kept', () => {
    expect(check([person(90, -5, 120, 30)], 'repair').objects).toEqual([
      { ...person(90, 0, 100, 30), amodalBox: [90, -5, 120, 30], truncated: true },
    ]);
  });

  it('after a repair of everything that can be, no fault of these is left', () => {
    const number = fc.integer({ min: -150, max: 150 });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number, number, number), { maxLength: 8 }), (boxes) => {
        const once = check(
          boxes.map((box) => person(...box)),
          'repair',
        );
        const again = check(once.objects, 'repair');
        const left = again.faults.map(({ fault }) => fault);
        expect(left).not.toContain('box-inverted');
        expect(left).not.toContain('box-over-edge');
        expect(again.objects).toEqual(once.objects);
      }),
    );
  });
});
