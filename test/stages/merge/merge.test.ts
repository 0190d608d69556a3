import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { likeNames, mapClasses } from '../../../stages/merge/class-mapping.js';
import { emptyCounts, mergeRecords } from '../../../stages/merge/merge-records.js';
import { sharesOf } from '../../../stages/merge/shares.js';
import { mergeStage } from '../../../stages/merge/stage.js';
import { sampleContents } from '../../../stages/lib/dataset/sample-contents.js';
import type { DatasetRecord } from '../../../stages/lib/dataset/record.js';
import { aDataset, anObject, aRecord, recordsIn } from '../../support/dataset-builder.js';
import { runStage } from '../../support/stage-harness.js';

const persons = mapClasses([['person']], {}, 'keep');

async function merged(sources: DatasetRecord[][], duplicates: 'drop' | 'keep' = 'drop') {
  const counts = emptyCounts(sources.length);
  const records: DatasetRecord[] = [];
  for await (const record of mergeRecords(sources, { mapping: persons, duplicates }, counts))
    records.push(record);
  return { records, counts };
}

/** Sources of records with few ids, names and contents, so that all of them collide. */
const sourcesArbitrary = fc.array(
  fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'a~2', 'A'),
      image: fc.constantFrom('images/x.png', 'images/X.png', 'images/x~2.png', 'images/y'),
      content: fc.constantFrom('1', '2', '3', '4', '5', '6'),
    }),
    { selector: (record) => record.id, maxLength: 5 },
  ),
  { minLength: 1, maxLength: 4 },
);
const build = (source: { id: string; image: string; content: string }[]) =>
  source.map(({ id, image, content }) => aRecord(id, { image, content }));

describe('merging records', () => {
  it('ids, file names and contents are unique, and every image is taken or counted', async () => {
    await fc.assert(
      fc.asyncProperty(sourcesArbitrary, async (sources) => {
        const { records, counts } = await merged(sources.map(build));
        const unique = (values: string[]) => new Set(values).size;
        expect(unique(records.map((record) => record.id))).toBe(records.length);
        expect(unique(records.map((record) => record.image.toLowerCase()))).toBe(records.length);
        expect(unique(records.map((record) => record.imageDigest))).toBe(records.length);
        expect(records.length + counts.duplicates).toBe(sources.flat().length);
        expect(counts.taken.reduce((a, b) => a + b, 0)).toBe(records.length);
      }),
    );
  });

  it('a dataset appended at the end changes no record before it', async () => {
    await fc.assert(
      fc.asyncProperty(sourcesArbitrary, async (sources) => {
        const all = await merged(sources.map(build));
        const fewer = await merged(sources.slice(0, -1).map(build));
        expect(all.records.slice(0, fewer.records.length)).toEqual(fewer.records);
      }),
    );
  });

  it('a taken id and a taken file name get a number, the extension stays', async () => {
    const { records } = await merged([[aRecord('a')], [aRecord('a', { content: 'other' })]]);
    expect(records.map(({ id, image }) => [id, image])).toEqual([
      ['a', 'images/a.png'],
      ['a~2', 'images/a~2.png'],
    ]);
  });

  it('an image that is there already is left out; other boxes on it are told apart', async () => {
    const other = aRecord('c', { content: 'a', objects: [] });
    const { records, counts } = await merged([[aRecord('a')], [aRecord('b', { content: 'a' }), other]]);
    expect(records.map((record) => record.id)).toEqual(['a']);
    expect(counts).toMatchObject({ duplicates: 2, contradicting: ['c'] });
  });

  it('provenance stays; where there is none the place of the dataset is written', async () => {
    const nameless = aRecord('b', { source: { dataset: '', group: 'g' } });
    const { records } = await merged([[aRecord('a')], [nameless]]);
    expect(records.map((record) => record.source)).toEqual([
      { dataset: 'test', group: 'a' },
      { dataset: 'input-2', group: 'g' },
    ]);
  });

  it('a smaller limit picks a part of what a larger one picks, in whatever order images come', async () => {
    const records = Array.from({ length: 40 }, (_, index) => aRecord(`${index}`));
    const ten = await sampleContents(records, 10, 7);
    const twenty = await sampleContents([...records].reverse(), 20, 7);
    expect(ten.size).toBe(10);
    expect([...ten].every((digest) => twenty.has(digest))).toBe(true);
    expect(await sampleContents(records, 10, 8)).not.toEqual(ten);
  });
});

describe('weights', () => {
  const weighted = async (records: DatasetRecord[], weights: number[], seed = 1) => {
    const counts = emptyCounts(1);
    const ids: string[] = [];
    const options = { mapping: persons, duplicates: 'drop', weights, seed } as const;
    for await (const record of mergeRecords([records], options, counts)) ids.push(record.id);
    return { ids, counts };
  };
  const hundred = Array.from({ length: 100 }, (_, index) => aRecord(`i${index}`));

  it('repeat images under names of their own', async () => {
    const { ids, counts } = await weighted([aRecord('a'), aRecord('b')], [2]);
    expect(ids).toEqual(['a', 'a~2', 'b', 'b~2']);
    expect(counts).toMatchObject({ taken: [4], objects: [4], renamed: 0 });
  });

  it('with a fraction pick images by their content: a larger weight keeps what a smaller one keeps', async () => {
    const half = await weighted(hundred, [0.5]);
    const more = await weighted([...hundred].reverse(), [0.8]);
    expect(half.ids.length).toBeGreaterThan(30);
    expect(half.ids.length).toBeLessThan(70);
    for (const id of half.ids) expect(more.ids).toContain(id);
    expect((await weighted(hundred, [1.5])).ids).toHaveLength(100 + half.ids.length);
    expect((await weighted(hundred, [0.5], 2)).ids).not.toEqual(half.ids);
  });
});

describe('shares of datasets', () => {
  const all = { limit: null } as const;

  it('stand in the ratio, as large as the smallest allows', () => {
    expect(sharesOf([100, 10], { ...all, ratio: [3, 1] })).toEqual([30, 10]);
    expect(sharesOf([10, 100], { ...all, ratio: [3, 1] })).toEqual([10, 3]);
    expect(sharesOf([100, 100], { ...all, ratio: [3, 1], images: 20 })).toEqual([15, 5]);
    expect(sharesOf([100, 100], { limit: [null, 10], ratio: [1, 1] })).toEqual([10, 10]);
  });

  it('without a ratio are in proportion, and sum to what is asked', () => {
    expect(sharesOf([100, 50, 1], { ...all, images: 30 })).toEqual([20, 10, 0]);
    expect(sharesOf([5, 5], { ...all, images: 30 })).toEqual([5, 5]);
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 3000 }),
        (counts, images) => {
          const shares = sharesOf(counts, { ...all, images });
          const total = counts.reduce((a, b) => a + b, 0);
          expect(shares.reduce((a, b) => a + b, 0)).toBe(Math.min(images, total));
          for (const [index, share] of shares.entries())
            expect(share).toBeLessThanOrEqual(counts[index] ?? 0);
        },
      ),
    );
  });

  it('that leave a dataset nothing, or say nothing of one, are errors', () => {
    expect(() => sharesOf([3, 2], { ...all, ratio: [1000, 1] })).toThrow('takes no image of dataset 2 of 2');
    expect(() => sharesOf([3, 2], { ...all, ratio: [1] })).toThrow(
      '`ratio` lists 1 values, but there are 2 datasets',
    );
  });
});

describe('class rules', () => {
  it('names that differ in spelling alone are pointed out', () => {
    expect(likeNames(['Person', 'dog', 'person', 'traffic light', 'Traffic_Light'])).toEqual([
      ['Person', 'person'],
      ['traffic light', 'Traffic_Light'],
    ]);
  });

  it('classes are renamed, dropped and kept, in the order in which they are first named', () => {
    const mapping = mapClasses(
      [
        ['car', 'cat'],
        ['bus', 'dog'],
      ],
      { car: 'vehicle', bus: 'vehicle', cat: null },
      'keep',
    );
    expect(mapping.classes).toEqual(['vehicle', 'dog']);
    expect(mapping.target('cat')).toBeUndefined();
  });

  it('a rule for a class that nobody has is an error with the nearest class', () => {
    expect(() => mapClasses([['person']], { persn: 'human' }, 'keep')).toThrow('has a rule for "persn"');
  });

  it('a class that is called like a property of every object is a class like others', () => {
    expect(mapClasses([['constructor']], {}, 'keep').classes).toEqual(['constructor']);
  });

  it('rules that leave no class are an error', () => {
    expect(() => mapClasses([['cat']], { cat: null }, 'keep')).toThrow('drop every class');
  });
});

describe('the merge stage', () => {
  it('makes one dataset of two, tells what it left out, and references the images', async () => {
    const dog = aRecord('d', { objects: [anObject('dog', [1, 1, 9, 9]), anObject('cat', [1, 1, 9, 9])] });
    const run = await runStage(mergeStage, {
      params: { classes: { dog: 'animal', cat: null } },
      inputs: {
        datasets: [await aDataset([aRecord('a')]), await aDataset([dog, aRecord('x', { content: 'a' })])],
      },
    });
    const records = await recordsIn(run.outputs['dataset']);
    expect(records.map(({ id, objects }) => [id, objects.map((object) => object.class)])).toEqual([
      ['a', ['person']],
      ['d', ['animal']],
    ]);
    expect(await run.outputs['dataset']?.has('images/d.png')).toBe(true);
    expect(run.warnings.join('\n')).toMatch(/1 images are left out.*same content/);
    expect(run.warnings.join('\n')).toContain('1 objects are left out, as the class rules say: 1 of "cat".');
    expect(run.metrics).toMatchObject({ images: 2, objects: 2 });
    expect(run.exhibits).toMatchObject([{ rows: [['datasets 1', 1, 1, 1], ['datasets 2', 2, 1, 1]] }]); // prettier-ignore
  });

  it('a ratio and weights hold in the result, and a wrong number of them is an error', async () => {
    const many = (prefix: string) => aDataset(Array.from({ length: 9 }, (_, i) => aRecord(`${prefix}${i}`)));
    const inputs = { datasets: [await many('a'), await many('b')] };
    const run = await runStage(mergeStage, { params: { ratio: [3, 1], weights: [1, 3] }, inputs });
    const ids = (await recordsIn(run.outputs['dataset'])).map((record) => record.id);
    expect(ids.filter((id) => id.startsWith('a'))).toHaveLength(9);
    expect(ids.filter((id) => id.startsWith('b'))).toHaveLength(9);
    expect(new Set(ids).size).toBe(18);
    await expect(runStage(mergeStage, { params: { weights: [1] }, inputs })).rejects.toThrow(
      '`weights` lists 1 values',
    );
  });

  it('a limit takes so many images of each dataset; a list gives one a dataset', async () => {
    const many = (prefix: string) => aDataset(Array.from({ length: 9 }, (_, i) => aRecord(`${prefix}${i}`)));
    const inputs = { datasets: [await many('a'), await many('b')] };
    const count = async (limit: number | (number | null)[]) => {
      const { outputs } = await runStage(mergeStage, { params: { limit }, inputs });
      const ids = (await recordsIn(outputs['dataset'])).map((record) => record.id[0]);
      return [ids.filter((id) => id === 'a').length, ids.filter((id) => id === 'b').length];
    };
    expect(await count(4)).toEqual([4, 4]);
    expect(await count([null, 2])).toEqual([9, 2]);
    await expect(count([1])).rejects.toThrow('`limit` lists 1 values, but there are 2 datasets');
  });
});
