import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../pipeline/core/json.js';
import type { DatasetRecord } from '../../../stages/lib/dataset/record.js';
import { selectParams } from '../../../stages/select/params.js';
import { ImageQuotas } from '../../../stages/select/quotas.js';
import { selectStage } from '../../../stages/select/stage.js';
import { aDataset, anObject, aRecord, recordsIn } from '../../support/dataset-builder.js';
import { runStage } from '../../support/stage-harness.js';

const records: DatasetRecord[] = [
  aRecord('large', {
    objects: [anObject('person', [0, 0, 50, 40])],
    attributes: { camera: 1, light: 'day' },
  }),
  aRecord('small', {
    objects: [anObject('person', [0, 0, 5, 40]), anObject('dog', [0, 0, 50, 40])],
    attributes: { camera: 2, light: 'day' },
  }),
  aRecord('hidden', {
    objects: [anObject('person', [0, 0, 50, 40], { visibleFraction: 0.2, attributes: { pose: 'lying' } })],
    attributes: { camera: 3, light: 'night' },
    source: { dataset: 'other', group: 'g' },
  }),
  aRecord('crowd', {
    objects: [
      anObject('person', [0, 0, 50, 40], { crowd: true, truncated: true, occluded: true, difficult: true }),
    ],
  }),
  aRecord('nothing', { objects: [] }),
];
const all = records.map(({ id }) => id);

async function select(params: JsonObject, given: readonly DatasetRecord[] = records) {
  const run = await runStage(selectStage, {
    params,
    inputs: { dataset: await aDataset(given, { classes: ['person', 'dog'] }) },
  });
  return { ...run, records: await recordsIn(run.outputs['dataset']) };
}
const ids = async (params: JsonObject) => (await select(params)).records.map(({ id }) => id);

describe('selecting', () => {
  it.each([
    ['nothing', {}, all],
    ['side', { objects: { sidePx: { min: 10 } } }, all],
    ['area', { objects: { areaPx: { max: 1999 } } }, ['small', 'nothing']],
    ['share', { objects: { share: { min: 0.25 } } }, ['large', 'small', 'hidden', 'crowd', 'nothing']],
    ['visibility', { objects: { visible: 0.5 } }, ['large', 'small', 'crowd', 'nothing']],
    ['crowds', { objects: { crowds: 'drop' } }, ['large', 'small', 'hidden', 'nothing']],
    ['truncated', { objects: { truncated: 'drop' } }, ['large', 'small', 'hidden', 'nothing']],
    ['occluded', { objects: { occluded: 'drop' } }, ['large', 'small', 'hidden', 'nothing']],
    ['difficult', { objects: { difficult: 'drop' } }, ['large', 'small', 'hidden', 'nothing']],
    ['an object’s attribute', { objects: { where: { pose: ['lying', 'sitting'] } } }, ['hidden', 'nothing']],
    ['what is shown', { images: { show: ['person', 'dog'] } }, ['small']],
    ['what is not shown', { images: { without: ['dog'] } }, ['large', 'hidden', 'crowd', 'nothing']],
    ['the number of objects', { images: { objects: { min: 1, max: 1 } } }, ['large', 'hidden', 'crowd']],
    ['the source', { images: { sources: ['other'] } }, ['hidden']],
    ['a value', { images: { where: { light: 'day' } } }, ['large', 'small']],
    ['a range', { images: { where: { camera: { min: 2 } } } }, ['small', 'hidden']],
  ] as [string, JsonObject, string[]][])('by %s', async (_, params, expected) => {
    expect(await ids(params)).toEqual(expected);
  });

  it('by class keeps the objects of that class and its images, and tells what was left out', async () => {
    const { records: found, warnings, outputs } = await select({ objects: { classes: ['dog'] } });
    expect(found.map(({ id, objects }) => [id, objects.length])).toEqual([
      ['small', 1],
      ['nothing', 0],
    ]);
    expect(JSON.parse((await outputs['dataset']?.readText('dataset.json')) ?? '')).toMatchObject({
      classes: ['dog'],
    });
    expect(warnings).toEqual([
      '3 of 5 images are not selected: 3 for class "person".',
      '1 objects of the selected images are left out: 1 for class "person".',
    ]);
  });

  it('tells apart what is left of a class that is kept: it will be taken for background', async () => {
    const { warnings } = await select({ objects: { sidePx: { min: 10 }, classes: ['person', 'dog'] } });
    expect(warnings).toEqual([
      '1 objects of the selected images are left out: 1 for sidePx.',
      expect.stringContaining('1 of them, in 1 images, are of classes that are kept'),
    ]);
  });

  it('leaves images out in which something unselected can be seen, where asked', async () => {
    expect(await ids({ objects: { sidePx: { min: 10 } }, unselected: 'drop-image' })).toEqual([
      'large',
      'hidden',
      'crowd',
      'nothing',
    ]);
  });

  it('names what it does not know, and says when nothing is left', async () => {
    await expect(select({ objects: { classes: ['persn'] } })).rejects.toMatchObject({
      hint: 'It has person, dog. Is "person" meant?',
    });
    await expect(select({ images: { where: { camra: 1 } } })).rejects.toThrow(
      'No image of the dataset has the attribute "camra"',
    );
    await expect(select({ images: { sources: ['nowhere'] } })).rejects.toMatchObject({
      message: 'None of 5 images is selected.',
      details: ['5 for sources'],
    });
  });
});

describe('picking by number', () => {
  const many = Array.from({ length: 60 }, (_, index) =>
    aRecord(`i${index}`, {
      objects: [anObject(index % 10 === 0 ? 'dog' : 'person', [0, 0, 9, 9])],
      source: { dataset: `d${index % 3}`, group: `${index}` },
      attributes: { camera: index % 4 },
    }),
  );
  const countBy = (found: readonly DatasetRecord[], key: (record: DatasetRecord) => unknown) => {
    const counts = new Map<unknown, number>();
    for (const record of found) counts.set(key(record), (counts.get(key(record)) ?? 0) + 1);
    return [...counts].sort();
  };

  it('so many of each source, of each value, and in all', async () => {
    const perSource = await select({ perSource: 5 }, many);
    expect(countBy(perSource.records, (record) => record.source.dataset)).toEqual([['d0', 5], ['d1', 5], ['d2', 5]]); // prettier-ignore
    const perValue = await select({ perValue: { camera: 2 } }, many);
    expect(countBy(perValue.records, (record) => record.attributes['camera'])).toEqual([[0, 2], [1, 2], [2, 2], [3, 2]]); // prettier-ignore
    expect((await select({ limit: 7 }, many)).records).toHaveLength(7);
  });

  it('until each class has so many, rare ones included', async () => {
    const { records: found } = await select({ perClass: 5 }, many);
    expect(countBy(found, (record) => record.objects[0]?.class)).toEqual([['dog', 5], ['person', 5]]); // prettier-ignore
  });

  it('does not depend on the order of images; a smaller limit takes a part; another seed takes others', () => {
    const params = (limit: number) => selectParams.parse({ limit });
    const pick = (given: readonly DatasetRecord[], limit: number, seed: number) => {
      const quotas = new ImageQuotas(params(limit), seed);
      for (const record of given) quotas.add(record);
      return [...quotas.picked()].sort();
    };
    fc.assert(
      fc.property(
        fc.shuffledSubarray(many, { minLength: 20 }),
        fc.integer({ min: 1, max: 10 }),
        fc.nat(),
        (given, limit, seed) => {
          const chosen = pick(given, limit, seed);
          expect(chosen).toHaveLength(limit);
          expect(pick([...given].reverse(), limit, seed)).toEqual(chosen);
          expect(pick(given, limit + 5, seed)).toEqual(expect.arrayContaining(chosen));
        },
      ),
    );
    expect(pick(many, 20, 1)).not.toEqual(pick(many, 20, 2));
  });
});
