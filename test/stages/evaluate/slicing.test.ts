import { describe, expect, it } from 'vitest';
import { sliceNames, slicesOf } from '../../../stages/evaluate/slicing.js';
import { anObject, aRecord } from '../../support/dataset-builder.js';

const records = [
  aRecord('a', {
    attributes: { spectrum: 'RGB', scene: 'one' },
    objects: [
      anObject('person', [0, 0, 10, 10], { visibleFraction: 0.2, attributes: { posture: 'lying' } }),
      anObject('person', [0, 0, 50, 50], { visibleFraction: 1, attributes: { posture: 'standing' } }),
    ],
  }),
  aRecord('b', {
    attributes: { spectrum: 'IR', scene: 'two' },
    objects: [anObject('person', [0, 0, 100, 100], { truncated: true, attributes: { posture: 'lying' } })],
  }),
  aRecord('c', { attributes: { spectrum: 'IR', scene: 'three' }, objects: [] }),
];
const options = { maxValues: 2, pairs: [] as [string, string][] };

function of(attribute: string, pairs: [string, string][] = []) {
  const { slices } = slicesOf(records, { ...options, maxValues: 4, pairs });
  return slices
    .filter((slice) => slice.attribute === attribute)
    .map(({ on, value, members }) => [on, value, members]);
}

describe('slices', () => {
  it('are made of every attribute of images and objects', () => {
    expect(of('spectrum')).toEqual([
      ['image', 'IR', [1, 2]],
      ['image', 'RGB', [0]],
    ]);
    expect(of('posture')).toEqual([
      ['object', 'lying', [0, 2]],
      ['object', 'standing', [1]],
    ]);
  });

  it('know size, visible fraction and truncation of objects', () => {
    expect(of('size')).toEqual([
      ['object', 'large', [2]],
      ['object', 'medium', [1]],
      ['object', 'small', [0]],
    ]);
    expect(of('visible')).toEqual([
      ['object', '0.00–0.25', [0]],
      ['object', '0.75–1.00', [1]],
    ]);
    expect(of('truncated')).toEqual([['object', 'true', [2]]]);
  });

  it('combine two attributes of images on images, and of an image and an object on objects', () => {
    expect(of('spectrum × scene', [['spectrum', 'scene']])).toEqual([
      ['image', 'IR × three', [2]],
      ['image', 'IR × two', [1]],
      ['image', 'RGB × one', [0]],
    ]);
    expect(of('spectrum × posture', [['spectrum', 'posture']])).toEqual([
      ['object', 'IR × lying', [2]],
      ['object', 'RGB × lying', [0]],
      ['object', 'RGB × standing', [1]],
    ]);
  });

  it('leave attributes of too many values out and name them', () => {
    const { slices, leftOut } = slicesOf(records, options);
    expect(leftOut).toEqual(['scene', 'size']);
    expect(slices.some(({ attribute }) => attribute === 'scene')).toBe(false);
    expect(sliceNames(records)).toEqual(['posture', 'scene', 'size', 'spectrum', 'truncated', 'visible']);
  });

  it('cut numbers of many values at their quartiles', () => {
    const many = Array.from({ length: 41 }, (_, index) =>
      aRecord(String(index), { attributes: { lux: index } }),
    );
    const { slices } = slicesOf(many, { ...options, maxValues: 8 });
    const lux = slices.filter(({ attribute }) => attribute === 'lux');
    expect(lux.map(({ value, members }) => [value, members.length])).toEqual([
      ['0 to 10', 11],
      ['10 to 20', 10],
      ['20 to 30', 10],
      ['30 to 40', 10],
    ]);
  });
});
