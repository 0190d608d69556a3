import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { evaluateStage } from '../../../stages/evaluate/stage.js';
import { importPredictionsStage } from '../../../stages/import/predictions-stage.js';
import { aDataset, anObject, aRecord } from '../../support/dataset-builder.js';
import { runStage, type StageRun } from '../../support/stage-harness.js';

const records = [aRecord('b'), aRecord('a', { objects: [anObject('dog', [0, 0, 50, 40])] })];

async function importFiles(files: Readonly<Record<string, string>>, params: object): Promise<StageRun> {
  const folder = await mkdtemp(join(tmpdir(), 'darkroom-import-predictions-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return runStage(importPredictionsStage, {
    params: { path: '.', ...params },
    inputs: { images: await aDataset(records) },
    baseDirectory: folder,
  });
}

describe('the import of predictions', () => {
  it('gives a line for each image of the dataset, in its order, that evaluate can judge', async () => {
    const run = await importFiles({ 'a.txt': '1 .25 .25 .5 .5 .9\n' }, { format: 'yolo' });
    const { predictions } = run.outputs;
    const text = (await predictions?.readText('predictions.jsonl')) ?? '';
    const lines = text.split('\n').filter((line) => line !== '');
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { id: 'b', width: 100, height: 80, detections: [] },
      { id: 'a', width: 100, height: 80, detections: [{ box: [0, 0, 50, 40], class: 'dog', score: 0.9 }] },
    ]);
    expect(run.metrics).toEqual({ images: 2, detections: 1 });
    expect(run.warnings.join()).toContain('in 1 images nothing is found (b.png)');
    if (!predictions) throw new Error('no predictions');
    const judged = await runStage(evaluateStage, {
      params: { sheet: { images: 0, errors: 0 } },
      inputs: { truth: await aDataset(records), predictions },
    });
    expect(judged.metrics['AP50']).toBeCloseTo(0.5, 12);
  });

  it('takes class names from the params or from a file', async () => {
    const files = { 'b.txt': '0 .25 .25 .5 .5 .9\n', 'my.names': 'cat\n' };
    for (const classes of [['cat'], 'my.names']) {
      const run = await importFiles(files, { format: 'yolo', classes });
      expect(await run.outputs['predictions']?.readText('predictions.jsonl')).toContain('"class":"cat"');
    }
  });
});
