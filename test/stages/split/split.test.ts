import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignGroups, splitNames, type SplitSizes } from '../../../stages/split/assign-groups.js';
import { LinkedGroups } from '../../../stages/split/linked-groups.js';
import { splitParams } from '../../../stages/split/params.js';
import { splitSizes } from '../../../stages/split/split-sizes.js';
import { splitStage } from '../../../stages/split/stage.js';
import { aDataset, aRecord, recordsIn } from '../../support/dataset-builder.js';
import { runStage } from '../../support/stage-harness.js';

const groupsArbitrary = fc
  .uniqueArray(fc.string({ maxLength: 6 }), { maxLength: 40 })
  .chain((names) =>
    fc.tuple(...names.map((name) => fc.tuple(fc.constant(name), fc.integer({ min: 1, max: 5 })))),
  )
  .map((entries) => new Map(entries));
const shares = { by: 'share', shares: { train: 0.5, validation: 0.3, test: 0.2 } } as const;
const countsArbitrary: fc.Arbitrary<SplitSizes> = fc.record({
  by: fc.constant('count' as const),
  counts: fc.record({
    train: fc.oneof(fc.nat(60), fc.constant('rest' as const)),
    validation: fc.nat(20),
    test: fc.nat(20),
  }),
});

describe('assigning groups to splits', () => {
  it('by share every group goes to exactly one split', () => {
    fc.assert(
      fc.property(groupsArbitrary, fc.nat(), (groups, seed) => {
        const assigned = assignGroups(groups, shares, seed);
        expect([...assigned.keys()].sort()).toEqual([...groups.keys()].sort());
      }),
    );
  });

  it('by share a group stays where it is when others come or go, whatever their order', () => {
    fc.assert(
      fc.property(groupsArbitrary, groupsArbitrary, fc.nat(), (some, others, seed) => {
        const alone = assignGroups(some, shares, seed);
        const together = assignGroups(new Map([...others, ...some]), shares, seed);
        for (const [group, split] of alone) expect(together.get(group)).toBe(split);
      }),
    );
  });

  it('by count no split gets more images than asked, and the rest takes all that is left', () => {
    fc.assert(
      fc.property(groupsArbitrary, countsArbitrary, fc.nat(), (groups, sizes, seed) => {
        if (sizes.by !== 'count') return;
        const assigned = assignGroups(groups, sizes, seed);
        for (const name of splitNames) {
          const wanted = sizes.counts[name];
          const images = [...groups].reduce(
            (sum, [group, n]) => sum + (assigned.get(group) === name ? n : 0),
            0,
          );
          if (wanted !== 'rest') expect(images).toBeLessThanOrEqual(wanted);
        }
        if (sizes.counts.train === 'rest') expect(assigned.size).toBe(groups.size);
      }),
    );
  });

  it('by count single images meet the counts exactly', () => {
    const groups = new Map(Array.from({ length: 50 }, (_, index) => [`g${index}`, 1] as const));
    const sizes = { by: 'count', counts: { train: 'rest', validation: 7, test: 5 } } as const;
    const assigned = [...assignGroups(groups, sizes, 1).values()];
    expect(splitNames.map((name) => assigned.filter((split) => split === name).length)).toEqual([38, 7, 5]);
  });

  it('shares are met on average, and another seed cuts otherwise', () => {
    const groups = new Map(Array.from({ length: 4000 }, (_, index) => [`g${index}`, 1] as const));
    const assigned = assignGroups(groups, shares, 1);
    const share = [...assigned.values()].filter((split) => split === 'test').length / 4000;
    expect(share).toBeGreaterThan(0.18);
    expect(share).toBeLessThan(0.22);
    expect(assignGroups(groups, shares, 2)).not.toEqual(assigned);
  });
});

describe('sizes of splits', () => {
  it('the rest takes what the other shares leave', () => {
    const sizes = splitSizes({ train: 'rest', validation: 0.25, test: 0.25 });
    expect(sizes).toEqual({ by: 'share', shares: { train: 0.5, validation: 0.25, test: 0.25 } });
  });

  it.each([
    [{ train: 0.5, validation: 0.2, test: 0.2 }, 'sum to 0.9'],
    [{ train: 'rest', validation: 0.9, test: 0.2 }, 'sum to 1.1'],
    [{ train: 100, validation: 0.2, test: 0.2 }, 'mix counts of images with shares'],
    [{ train: 'rest', validation: 'rest', test: 0.2 }, 'train and validation want it'],
  ] as const)('%o is refused', (wanted, message) => {
    expect(() => splitSizes(wanted)).toThrow(message);
  });

  it('are refused before anything runs', () => {
    const [issue] = splitParams.safeParse({ validation: 16 }).error?.issues ?? [];
    expect(issue?.message).toMatch(
      /mix counts of images with shares \(.*validation: 16, test: 0\.1\)\. Write whole/,
    );
  });
});

describe('linked groups', () => {
  it('groups that share a content are one, under the same name in any order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), fc.constantFrom('1', '2', '3', '4')),
        ),
        fc.nat(),
        (pairs, by) => {
          const turned = [
            ...pairs.slice(by % (pairs.length + 1)),
            ...pairs.slice(0, by % (pairs.length + 1)),
          ];
          const [one, other] = [new LinkedGroups(), new LinkedGroups()];
          for (const [group, content] of pairs) one.add(group, content);
          for (const [group, content] of turned) other.add(group, content);
          for (const [group, content] of pairs) {
            expect(other.find(group)).toBe(one.find(group));
            for (const [mate, shared] of pairs)
              if (shared === content) expect(one.find(mate)).toBe(one.find(group));
          }
        },
      ),
    );
  });
});

describe('the split stage', () => {
  const records = Array.from({ length: 60 }, (_, index) =>
    aRecord(`i${index}`, {
      source: { dataset: 'test', group: `scene-${index % 20}` },
      attributes: { camera: index % 4, night: index % 2 === 0 },
    }),
  );

  it('no group and no content is in two splits, and every image is in one', async () => {
    const twin = aRecord('twin', { content: 'i0', source: { dataset: 'test', group: 'elsewhere' } });
    const run = await runStage(splitStage, {
      params: { train: 0.5, validation: 0.25, test: 0.25 },
      inputs: { dataset: await aDataset([...records, twin]) },
    });
    const splitsOf = new Map<string, Set<string>>();
    let count = 0;
    for (const name of splitNames)
      for (const record of await recordsIn(run.outputs[name])) {
        count += 1;
        for (const key of [record.source.group, record.imageDigest])
          splitsOf.set(key, (splitsOf.get(key) ?? new Set()).add(name));
      }
    expect(count).toBe(61);
    expect([...splitsOf.values()].every((splits) => splits.size === 1)).toBe(true);
    expect(run.warnings.join()).toContain('1 groups share an image');
  });

  it('images stay together by an attribute where one is named', async () => {
    const run = await runStage(splitStage, {
      params: { train: 30, validation: 15, test: 15, by: 'camera' },
      inputs: { dataset: await aDataset(records) },
    });
    const test = await recordsIn(run.outputs['test']);
    expect(test).toHaveLength(15);
    expect(new Set(test.map((record) => record.attributes['camera'])).size).toBe(1);
  });

  it('an attribute that an image does not have is an error that names the image and what it has', async () => {
    const run = runStage(splitStage, {
      params: { by: 'weather' },
      inputs: { dataset: await aDataset(records) },
    });
    await expect(run).rejects.toMatchObject({
      message: expect.stringContaining('Image "i0"') as string,
      hint: expect.stringContaining('It has camera, night;') as string,
    });
  });

  it('a split that gets no image is an error that says how many groups there are', async () => {
    const inputs = { dataset: await aDataset(records.slice(0, 1)) };
    const run = runStage(splitStage, { params: { train: 0.9, validation: 0.05, test: 0.05 }, inputs });
    await expect(run).rejects.toThrow(/No image fell into the \w+ set: 1 images in 1 groups/);
  });

  it('a split of size 0 is an empty dataset, and images without room are counted', async () => {
    const run = await runStage(splitStage, {
      params: { train: 20, validation: 10, test: 0 },
      inputs: { dataset: await aDataset(records) },
    });
    expect(await recordsIn(run.outputs['test'])).toEqual([]);
    expect(await run.outputs['test']?.has('dataset.json')).toBe(true);
    const taken = (run.metrics['train/images'] ?? 0) + (run.metrics['validation/images'] ?? 0);
    expect(run.warnings.join()).toContain(`${60 - taken} images are in no split`);
  });
});
