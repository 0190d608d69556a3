import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../../pipeline/core/digest.js';
import { LeakDetector } from '../../../../stages/lib/dataset/leaks.js';
import type { DatasetRecord } from '../../../../stages/lib/dataset/record.js';
import { tellLeaks } from '../../../../stages/lib/dataset/tell-leaks.js';
import type { PictureHash } from '../../../../stages/lib/imaging/picture-hash.js';
import { aRecord } from '../../../support/dataset-builder.js';

const tiny = Buffer.alloc(192, 100).toString('base64');

function detector(sides: readonly (readonly DatasetRecord[])[]): LeakDetector {
  const found = new LeakDetector();
  for (const [side, records] of sides.entries()) for (const record of records) found.add(side, record);
  return found;
}

function pictures(of: readonly (readonly [DatasetRecord, string])[]): ReadonlyMap<Digest, PictureHash> {
  return new Map(of.map(([record, bits]) => [record.imageDigest, { bits: bits.padEnd(16, '5'), tiny }]));
}

describe('leaks between sets', () => {
  it('the same content on two sides is one, on one side it is none', () => {
    const leaks = detector([
      [aRecord('a'), aRecord('a2', { content: 'a' })],
      [aRecord('b'), aRecord('again', { content: 'a', source: { dataset: 'other', group: 'x' } })],
    ]).find();
    expect(leaks.all).toEqual([
      {
        kind: 'same-image',
        pair: [
          { side: 0, id: 'a' },
          { side: 1, id: 'again' },
        ],
        shared: '',
      },
    ]);
    expect(leaks.affects('same-image', 0, aRecord('a2', { content: 'a' }))).toBe(true);
    expect(leaks.affects('same-image', 1, aRecord('b'))).toBe(false);
  });

  it('groups are those of one dataset: another may call its own alike', () => {
    const inGroup = (id: string, dataset: string) => aRecord(id, { source: { dataset, group: 'scene-1' } });
    expect(detector([[inGroup('a', 'home')], [inGroup('b', 'ward')]]).find().all).toEqual([]);
    expect(detector([[inGroup('a', 'home')], [inGroup('b', 'home')]]).find().all).toMatchObject([
      { kind: 'same-group', shared: 'scene-1' },
    ]);
  });

  it('of alike pictures all that are affected are known, and one pair is named', () => {
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((id) => aRecord(id));
    if (!a || !b || !c || !d) throw new Error('no records');
    const found = detector([[a, b, d], [c]]).find(
      pictures([
        [a, '0'],
        [b, '0'],
        [c, '01'],
        [d, 'ffffffff'],
      ]),
    );
    expect(found.all).toEqual([
      {
        kind: 'near-duplicate',
        pair: [
          { side: 0, id: 'a' },
          { side: 1, id: 'c' },
        ],
        shared: '',
      },
    ]);
    expect([a, b, d].map((record) => found.affects('near-duplicate', 0, record))).toEqual([
      true,
      true,
      false,
    ]);
    expect(found.affects('near-duplicate', 1, c)).toBe(true);
  });

  it('the same content on both sides is told as that, not as a near-duplicate of itself', () => {
    const a = aRecord('a');
    const again = aRecord('again', { content: 'a', source: { dataset: 'x', group: 'y' } });
    const found = detector([[a], [again]]).find(pictures([[a, '0']]));
    expect(found.all.map(({ kind }) => kind)).toEqual(['same-image']);
  });
});

describe('telling of leaks', () => {
  const leaks = detector([
    [aRecord('a'), aRecord('b', { source: { dataset: 'd', group: 'g' } })],
    [aRecord('x', { content: 'a' }), aRecord('y', { source: { dataset: 'd', group: 'g' } })],
  ]).find().all;
  const hint = (kinds: readonly string[]) => kinds.map(() => 'Do this.');

  it('an error names every pair and what to do', () => {
    const telling = () =>
      tellLeaks(leaks, ['train', 'test'], { severity: () => 'error', warn: () => undefined, hint });
    expect(telling).toThrow('One image is in two sets. One group has images in two sets.');
    try {
      telling();
    } catch (error) {
      expect(error).toMatchObject({
        details: [
          '"a" (train) and "x" (test) are the same image',
          '"b" (train) and "y" (test) are of the same group "g"',
        ],
        hint: 'Do this.',
      });
    }
  });

  it('what is only to be warned of does not stop', () => {
    const warnings: string[] = [];
    tellLeaks(leaks, ['train', 'test'], {
      severity: () => 'warn',
      warn: (text) => warnings.push(text),
      hint,
    });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('"a" (train) and "x" (test) are the same image');
  });
});
