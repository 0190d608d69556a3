import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ArtifactReader, OutputWriter } from '../../../../pipeline/stage/artifact.js';
import { readDataset } from '../../../../stages/lib/dataset/dataset.js';
import { DatasetWriter, writeDataset } from '../../../../stages/lib/dataset/dataset-writer.js';
import { aDataset, anObject, aRecord } from '../../../support/dataset-builder.js';
import { folderArtifact } from '../../../support/stage-harness.js';

async function all(artifact: ArtifactReader): Promise<string[]> {
  const ids: string[] = [];
  for await (const record of (await readDataset(artifact, 'the photos')).records()) ids.push(record.id);
  return ids;
}

describe('reading a dataset', () => {
  it('gives the header and the records in their order, as often as asked', async () => {
    const artifact = await aDataset([aRecord('b'), aRecord('a')]);
    const dataset = await readDataset(artifact);
    expect(dataset.header).toMatchObject({ classes: ['person'], imageCount: 2, objectCount: 2 });
    expect(await all(artifact)).toEqual(['b', 'a']);
    expect(await all(artifact)).toEqual(['b', 'a']);
  });

  it('a line that is not JSON is named with the dataset, the line and its text', async () => {
    const artifact = await aDataset([aRecord('a')], { extraLines: ['{"id": "b", '] });
    await expect(all(artifact)).rejects.toThrow('the photos, records.jsonl line 2 is not JSON: {"id": "b",');
  });

  it('a record with a wrong property is named with the line and the property', async () => {
    const broken = { ...aRecord('b'), width: 'wide' };
    const artifact = await aDataset([aRecord('a')], { extraLines: [JSON.stringify(broken)] });
    await expect(all(artifact)).rejects.toThrow(/the photos, records\.jsonl line 2 .*width: .*number/);
  });

  it('an id that stands twice is an error that names both lines', async () => {
    const artifact = await aDataset([aRecord('a'), aRecord('b'), aRecord('a')]);
    await expect(all(artifact)).rejects.toThrow('line 3: the id "a" stands in line 1 already');
  });

  it('a class that the header does not list is an error with the nearest class', async () => {
    const record = aRecord('a', { objects: [anObject('persn', [0, 0, 1, 1])] });
    const artifact = await aDataset([record], { classes: ['person', 'dog'] });
    await expect(all(artifact)).rejects.toMatchObject({
      message: expect.stringContaining('image "a" has an object of class "persn"') as string,
      hint: expect.stringContaining('Is "person" meant?') as string,
    });
  });

  it('a dataset that was cut short is an error, not a smaller dataset', async () => {
    const artifact = await aDataset([aRecord('a')], { imageCount: 2 });
    await expect(all(artifact)).rejects.toThrow('the photos has 1 records, but its header promises 2');
  });

  it('a folder without dataset.json is no dataset', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-empty-'));
    await expect(readDataset(await folderArtifact('dataset', folder), 'x')).rejects.toThrow(
      'x has no dataset.json',
    );
  });
});

async function anOutput(): Promise<OutputWriter & { readonly references: string[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'darkroom-output-'));
  const references: string[] = [];
  const path = async (name: string): Promise<string> => {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    return join(directory, name);
  };
  return {
    directory,
    references,
    path,
    write: async (name, data) => writeFile(await path(name), data),
    reference: (name) => void references.push(name),
  };
}

describe('writing a dataset', () => {
  it('what is written reads back the same, and its images are references', async () => {
    const output = await anOutput();
    const records = Array.from({ length: 3000 }, (_, index) => aRecord(`frame-${index}`));
    await writeDataset(output, { classes: ['person'] }, records);
    const dataset = await readDataset(await folderArtifact('dataset', output.directory));
    const read = [];
    for await (const record of dataset.records()) read.push(record);
    expect(read).toEqual(records);
    expect(dataset.header).toMatchObject({ imageCount: 3000, objectCount: 3000 });
    expect(output.references).toHaveLength(3000);
  });

  it('images that the stage wrote itself are not referenced', async () => {
    const output = await anOutput();
    await writeDataset(output, { classes: ['person'], images: 'written' }, [aRecord('a')]);
    expect(output.references).toEqual([]);
  });

  it('a dataset without images has an empty records.jsonl', async () => {
    const output = await anOutput();
    await writeDataset(output, { classes: [] }, []);
    expect(await readFile(join(output.directory, 'records.jsonl'), 'utf8')).toBe('');
  });

  it.each([
    ['the same id twice', [aRecord('a'), aRecord('a', { image: 'images/b.png' })], 'have the id "a"'],
    [
      'the same image name twice',
      [aRecord('a'), aRecord('b', { image: 'images/a.png' })],
      'to be written to',
    ],
    ['a path out of the dataset', [aRecord('a', { image: 'images/../../x.png' })], 'no path inside images/'],
    [
      'an unlisted class',
      [aRecord('a', { objects: [anObject('dog', [0, 0, 1, 1])] })],
      'unlisted class "dog"',
    ],
  ])('%s is refused', async (_, records, message) => {
    const writer = new DatasetWriter(await anOutput(), { classes: ['person'] });
    const add = async (): Promise<void> => {
      for (const record of records) await writer.add(record);
    };
    await expect(add()).rejects.toThrow(message);
  });
});
