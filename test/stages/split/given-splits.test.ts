import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { JsonObject } from '../../../pipeline/core/json.js';
import { splitNames } from '../../../stages/split/assign-groups.js';
import { splitStage } from '../../../stages/split/stage.js';
import { aDataset, aRecord, recordsIn } from '../../support/dataset-builder.js';
import { aPicture, asSmallJpeg } from '../../support/pictures.js';
import { runStage, type StageRun } from '../../support/stage-harness.js';

const ignore = { nearDuplicates: 'ignore' };

async function listFiles(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-lists-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function idsOf(run: StageRun): Promise<Record<string, string[]>> {
  const ids: Record<string, string[]> = {};
  for (const name of splitNames)
    ids[name] = (await recordsIn(run.outputs[name])).map((record) => record.id).sort();
  return ids;
}

describe('splits that came with the dataset', () => {
  const records = ['train', 'val', 'test', 'train', 'Training'].map((split, index) =>
    aRecord(`i${index}`, { attributes: { split } }),
  );

  it('by attribute, under the usual names, are kept as they are', async () => {
    const run = await runStage(splitStage, {
      params: { given: { attribute: 'split' }, ...ignore },
      inputs: { dataset: await aDataset(records) },
    });
    expect(await idsOf(run)).toEqual({ train: ['i0', 'i3', 'i4'], validation: ['i1'], test: ['i2'] });
  });

  it('with an unknown value are an error that says how to give it a meaning', async () => {
    const odd = [...records, aRecord('odd', { attributes: { split: 'minival' } })];
    const run = (given: JsonObject) =>
      aDataset(odd).then((dataset) =>
        runStage(splitStage, { params: { given, ...ignore }, inputs: { dataset } }),
      );
    await expect(run({ attribute: 'split' })).rejects.toMatchObject({
      message: 'Image "odd" has split: "minival", which names no split.',
      hint: expect.stringContaining('given.values: { "minival": train }') as string,
    });
    const meant = await run({ attribute: 'split', values: { minival: 'validation' } });
    expect((await idsOf(meant))['validation']).toEqual(['i1', 'odd']);
  });

  it('by list files name images by id, file name or path; others are split by size', async () => {
    const baseDirectory = await listFiles({
      'train.txt': 'i0\n/data/JPEGImages/i1.jpg\n',
      'val.txt': 'i2 -1\r\n\r\n',
      'test.txt': 'images/i3.png\nnobody\n',
    });
    const lists = { train: 'train.txt', validation: 'val.txt', test: 'test.txt' };
    const request = async (others: string) => ({
      params: { train: 1, validation: 0, test: 0, given: { lists, others }, ...ignore },
      inputs: { dataset: await aDataset(records) },
      baseDirectory,
    });
    const run = await runStage(splitStage, await request('assign'));
    expect(await idsOf(run)).toEqual({ train: ['i0', 'i1', 'i4'], validation: ['i2'], test: ['i3'] });
    expect(run.warnings.join('\n')).toContain(
      '1 lines of the list files name no image of the dataset: "nobody" (test.txt line 2)',
    );
    expect(run.warnings.join('\n')).toContain('1 images came without a split');
    const without = await runStage(splitStage, await request('leave-out'));
    expect((await idsOf(without))['train']).toEqual(['i0', 'i1']);
    await expect(runStage(splitStage, await request('error'))).rejects.toThrow('Image "i4"');
  });

  it('a file name in two folders is told apart by the folder, and an error where that is missing', async () => {
    const twins = ['a', 'b'].map((folder) =>
      aRecord(`${folder}/1`, { content: folder, image: `images/${folder}/1.png` }),
    );
    const run = async (test: string) =>
      runStage(splitStage, {
        params: { validation: 0, given: { lists: { train: 'train.txt', test: 'test.txt' } }, ...ignore },
        inputs: {
          dataset: await aDataset(
            twins.map((record) => ({ ...record, image: record.image.replace(/\/(.)\//, '/$1-') })),
          ),
        },
        baseDirectory: await listFiles({ 'train.txt': 'a/1.jpg', 'test.txt': test }),
      });
    expect(await idsOf(await run('b/1.jpg'))).toEqual({ train: ['a/1'], validation: [], test: ['b/1'] });
    await expect(run('c/a/1.jpg\nb/1')).rejects.toThrow(
      'Image "a/1" is named by two lists: train.txt line 1 and test.txt line 1',
    );
  });

  it('an image in two lists is an error with both places', async () => {
    const baseDirectory = await listFiles({ 'train.txt': 'i0', 'test.txt': 'i1\ni0' });
    const run = runStage(splitStage, {
      params: { given: { lists: { train: 'train.txt', test: 'test.txt' } } },
      inputs: { dataset: await aDataset(records) },
      baseDirectory,
    });
    await expect(run).rejects.toThrow('"i0" is in two splits: train.txt line 1 and test.txt line 2');
  });

  it('that share a group are an error that names a pair, or a warning where the file says so', async () => {
    const shared = records.map((record) => ({ ...record, source: { dataset: 'd', group: 'scene' } }));
    const run = async (leaks: string) =>
      runStage(splitStage, {
        params: { given: { attribute: 'split' }, leaks, ...ignore },
        inputs: { dataset: await aDataset(shared) },
      });
    await expect(run('error')).rejects.toMatchObject({
      message: expect.stringContaining('2 times a group has images in two sets') as string,
      details: expect.arrayContaining([
        '"i0" (train) and "i1" (validation) are of the same group "scene"',
      ]) as string[],
    });
    expect((await run('warn')).warnings.join()).toContain('are of the same group "scene"');
  });
});

describe('near-duplicates in a split', () => {
  const pictures = async () => {
    const images = new Map<string, Buffer>();
    for (let index = 0; index < 12; index++) images.set(`i${index}`, await aPicture(`${index}`));
    for (let index = 0; index < 6; index++)
      images.set(`twin${index}`, await asSmallJpeg(await aPicture(`${index}`)));
    return images;
  };
  const run = async (nearDuplicates: string) => {
    const images = await pictures();
    return runStage(splitStage, {
      params: { train: 9, validation: 0, test: 9, nearDuplicates },
      inputs: {
        dataset: await aDataset(
          [...images.keys()].map((id) => aRecord(id)),
          { images },
        ),
      },
      seed: 3,
    });
  };

  it('are an error that names the images, by default', async () => {
    await expect(run('error')).rejects.toMatchObject({
      message: expect.stringContaining('of two sets look') as string,
      details: expect.arrayContaining([
        expect.stringMatching(/"i\d" \(\w+\) and "twin\d" \(\w+\) look the same/),
      ]) as string[],
      hint: expect.stringContaining('nearDuplicates: together') as string,
    });
  });

  it('are kept in one split where the file says so', async () => {
    const ids = await idsOf(await run('together'));
    for (const split of Object.values(ids))
      for (const id of split) if (id.startsWith('twin')) expect(split).toContain(`i${id.slice(4)}`);
    expect(Object.values(ids).flat()).toHaveLength(18);
  });

  it('are warned of where the file says so, and images that cannot be decoded are counted', async () => {
    expect((await run('warn')).warnings.join()).toContain('look the same');
    const plain = await runStage(splitStage, {
      params: { train: 1, validation: 0, test: 0 },
      inputs: { dataset: await aDataset([aRecord('a')]) },
    });
    expect(plain.warnings.join()).toContain('1 images cannot be decoded');
  });
});

describe('what stays together', () => {
  const records = Array.from({ length: 12 }, (_, index) =>
    aRecord(`i${index}`, {
      source: { dataset: `d${index % 3}`, group: `g${index % 4}` },
      attributes: { scene: index % 2, camera: index % 3 },
    }),
  );
  const splitBy = async (by: string | string[], given = records) => {
    const run = await runStage(splitStage, {
      params: { train: 6, validation: 0, test: 6, by, ...ignore },
      inputs: { dataset: await aDataset(given) },
    });
    const splits = await idsOf(run);
    return { run, splitOf: (id: string) => splitNames.find((name) => splits[name]?.includes(id)) };
  };

  it.each([
    ['source', (record: (typeof records)[number]) => record.source.dataset],
    ['scene', (record: (typeof records)[number]) => record.attributes['scene']],
    [['scene', 'camera'], (record: (typeof records)[number]) => JSON.stringify(record.attributes)],
  ] as const)('by %s, whole groups', async (by, key) => {
    const { splitOf } = await splitBy(typeof by === 'string' ? by : [...by]);
    for (const one of records)
      for (const other of records)
        if (key(one) === key(other)) expect(splitOf(one.id)).toBe(splitOf(other.id));
  });

  it('by scene without that attribute, the groups of the source', async () => {
    const without = records.map((record) => ({ ...record, attributes: {} }));
    const { splitOf } = await splitBy('scene', without);
    for (const one of without)
      for (const other of without)
        if (one.source.group === other.source.group) expect(splitOf(one.id)).toBe(splitOf(other.id));
    const mixed = [...without, aRecord('z', { attributes: { scene: 1 } })];
    await expect(splitBy('scene', mixed)).rejects.toThrow(
      'Image "z" of the dataset to split has an attribute "scene"',
    );
  });

  it('by another thing than the groups of the source, it is told which of them are cut', async () => {
    const one = records.map((record) => ({ ...record, source: { dataset: 'd', group: 'all' } }));
    const { run } = await splitBy('image', one);
    expect(run.warnings.join()).toContain('are of the same group "all"');
  });
});
