import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { evaluateStage } from '../../../stages/evaluate/stage.js';
import {
  passOnLearntImages,
  readLearntImages,
  writeLearntImages,
} from '../../../stages/lib/dataset/learnt-images.js';
import type { DatasetRecord } from '../../../stages/lib/dataset/record.js';
import { aDataset, aRecord } from '../../support/dataset-builder.js';
import { folderArtifact, runStage } from '../../support/stage-harness.js';

/** Predictions of a detector that was trained on some records and chosen by others. */
async function predictionsFor(
  truth: readonly DatasetRecord[],
  learnt: { readonly train: readonly DatasetRecord[]; readonly validation: readonly DatasetRecord[] },
) {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-learnt-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const output = {
    directory: folder,
    path: (name: string) => Promise.resolve(join(folder, name)),
    write: (name: string, data: string | Uint8Array) => writeFile(join(folder, name), data),
    reference: () => undefined,
  };
  await writeLearntImages(output, {
    train: await aDataset(learnt.train),
    validation: await aDataset(learnt.validation),
  });
  const lines = truth.map(({ id, width, height }) => JSON.stringify({ id, width, height, detections: [] }));
  await writeFile(join(folder, 'predictions.jsonl'), `${lines.join('\n')}\n`);
  return folderArtifact('predictions', folder);
}

describe('an evaluation of a detector that knows the truth', () => {
  const truth = [aRecord('t1'), aRecord('t2', { source: { dataset: 'test', group: 'scene' } })];
  const run = async (train: DatasetRecord[], validation: DatasetRecord[], leaks?: string) =>
    runStage(evaluateStage, {
      params: { sheet: { images: 0, errors: 0 }, ...(leaks === undefined ? {} : { leaks }) },
      inputs: {
        truth: await aDataset(truth),
        predictions: await predictionsFor(truth, { train, validation }),
      },
    });
  const mate = aRecord('mate', { source: { dataset: 'test', group: 'scene' } });
  const again = aRecord('again', { content: 't1', source: { dataset: 'other', group: 'x' } });

  it('is refused with the names of what it was trained and chosen by', async () => {
    await expect(run([again], [mate])).rejects.toMatchObject({
      details: [
        '"t1" (the truth) and "again" (learnt from) are the same image',
        '"t2" (the truth) and "mate" (chosen by) are of the same group "scene"',
      ],
    });
  });

  it('goes through with a warning where the file says so', async () => {
    const { warnings, metrics } = await run([again], [mate], 'warn');
    expect(warnings.join('\n')).toContain('"again" (learnt from) are the same image');
    expect(metrics).toHaveProperty('AP50');
  });

  it('is none when training and validation share only with each other', async () => {
    const other = aRecord('other');
    expect((await run([other], [other])).warnings).toEqual([]);
  });
});

describe('the list of learnt images', () => {
  it('holds what an earlier detector learnt, too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'darkroom-learnt-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const output = {
      directory: folder,
      path: (name: string) => Promise.resolve(join(folder, name)),
      write: () => Promise.reject(new Error('not written')),
      reference: () => undefined,
    };
    const earlier = await predictionsFor([], { train: [aRecord('first')], validation: [] });
    const sets = {
      train: await aDataset([aRecord('second')]),
      validation: await aDataset([aRecord('chosen')]),
    };
    await writeLearntImages(output, sets, [earlier, await aDataset([])]);
    const read = await readLearntImages(await folderArtifact('detector', folder), 'the detector');
    const found: string[] = [];
    for await (const { use, id } of read ?? []) found.push(`${use} ${id}`);
    expect(found).toEqual(['train first', 'train second', 'validation chosen']);
  });

  it('goes from a detector to its predictions, where there is one', async () => {
    const passed: string[] = [];
    const to = {
      directory: '',
      path: () => Promise.reject(new Error('not written')),
      write: () => Promise.reject(new Error('not written')),
      reference: (name: string) => void passed.push(name),
    };
    await passOnLearntImages(await predictionsFor([], { train: [aRecord('a')], validation: [] }), to);
    await passOnLearntImages(await aDataset([]), to);
    expect(passed).toEqual(['learnt-images.jsonl']);
  });
});
