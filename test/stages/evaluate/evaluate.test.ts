import { beforeAll, describe, expect, it } from 'vitest';
import sharp from 'sharp';
import type { ArtifactReader } from '../../../pipeline/stage/artifact.js';
import { boxesOf } from '../../../stages/evaluate/frames-sheet.js';
import { StableSample } from '../../../stages/evaluate/stable-sample.js';
import { evaluateStage } from '../../../stages/evaluate/stage.js';
import { cocoFigureNames } from '../../../stages/lib/metrics/coco-ap.js';
import { rankingSchema } from '../../../stages/lib/metrics/ranking.js';
import { scoresSchema } from '../../../stages/lib/metrics/scores.js';
import type { PredictionRecord } from '../../../stages/lib/dataset/prediction-record.js';
import { aDataset, anObject, aRecord, somePredictions } from '../../support/dataset-builder.js';
import { runStage } from '../../support/stage-harness.js';

const person = { box: [10, 10, 40, 60] as [number, number, number, number], class: 'person', score: 0.9 };
function prediction(id: string, changes: Partial<PredictionRecord> = {}): PredictionRecord {
  return { id, width: 100, height: 80, detections: [person], ...changes };
}

describe('the evaluate stage', () => {
  let truth: ArtifactReader;
  const images = new Map<string, Buffer>();
  const evaluate = async (predictions: (PredictionRecord | string)[], params = {}, dataset = truth) =>
    runStage(evaluateStage, {
      params,
      inputs: { truth: dataset, predictions: await somePredictions(predictions) },
    });

  beforeAll(async () => {
    const image = await sharp({ create: { width: 100, height: 80, channels: 3, background: '#446' } })
      .png()
      .toBuffer();
    images.set('a', image).set('b', Buffer.concat([image, Buffer.from('b')]));
    truth = await aDataset([aRecord('a'), aRecord('b')], { images });
  });

  it('writes figures, curves and counts, and shows them with the frames', async () => {
    const run = await evaluate([prediction('b', { detections: [] }), prediction('a')]);
    const scores = scoresSchema.parse(
      JSON.parse((await run.outputs['scores']?.readText('scores.json')) ?? ''),
    );
    expect(scores.counts).toEqual({ images: 2, objects: 2, crowds: 0, optional: 0, detections: 1 });
    expect(scores.stats.AR100).toBe(0.5);
    expect(scores.perClass[0]).toMatchObject({ class: 'person', truth: 2, detections: 1 });
    expect(scores.perClass[0]?.bestF1).toMatchObject({ precision: 1, recall: 0.5, score: 0.9 });
    expect(scores.curve.classes[0]?.points).toHaveLength(101);
    expect(run.metrics['AP50']).toBe(scores.stats.AP50);
    expect(Object.keys(run.metrics)).toEqual([...cocoFigureNames, 'best F1']);
    expect(scores.intervals.AP50[0]).toBeLessThanOrEqual(scores.stats.AP50);
    expect(scores.bestOperatingPoint?.micro).toEqual({ precision: 1, recall: 0.5, f1: 2 / 3 });
    expect(scores.errors.missed).toMatchObject({ count: 1 });
    expect(scores.confusion.matrix).toEqual([
      [1, 1],
      [0, 0],
    ]);
    const ranking = rankingSchema.parse(
      JSON.parse((await run.outputs['scores']?.readText('ranking.json')) ?? ''),
    );
    expect(ranking.images).toEqual(['a', 'b']);
    expect(ranking.classes[0]).toMatchObject({ score: [0.9], image: [0], truthImage: [0, 1] });
    expect(run.exhibits.map((exhibit) => [exhibit.type, exhibit.title])).toEqual([
      ['figures', 'COCO figures'],
      ['picture', 'Truth and findings'],
      ['picture', 'Precision and recall at IoU .50'],
      ['table', 'Classes'],
      ['table', 'Score thresholds'],
      ['picture', 'Calibration'],
      ['table', 'By size'],
      ['table', 'Kinds of errors'],
      ['table', 'Confusion'],
      ['picture', 'Worst errors: missed'],
    ]);
  });

  it('the same predictions give the same bytes, pictures included', async () => {
    const predictions = [prediction('a'), prediction('b')];
    const [one, other] = [await evaluate(predictions), await evaluate([...predictions].reverse())];
    expect(one.outputs['scores']?.digest).toBe(other.outputs['scores']?.digest);
    expect(one.exhibits).toEqual(other.exhibits);
  });

  it('an image without a prediction is an error that names it', async () => {
    await expect(evaluate([prediction('a')])).rejects.toThrow('There is no prediction for image "b"');
  });

  it('a prediction for an image that the truth does not have is an error that names it', async () => {
    await expect(evaluate([prediction('a'), prediction('b'), prediction('zebra')])).rejects.toThrow(
      'image "zebra"',
    );
  });

  it('a prediction for another size of the image is an error', async () => {
    const halved = prediction('b', { width: 50, height: 40 });
    await expect(evaluate([prediction('a'), halved])).rejects.toThrow('"b" is 100 × 80 pixels in the truth');
  });

  it('an unknown class is an error with the nearest name, or is left out and counted when asked', async () => {
    const odd = prediction('b', { detections: [{ ...person, class: 'persn' }] });
    await expect(evaluate([prediction('a'), odd])).rejects.toMatchObject({
      message: expect.stringContaining('image "b" has the class "persn"') as string,
      hint: expect.stringContaining('Is "person" meant?') as string,
    });
    const run = await evaluate([prediction('a'), odd], { otherClasses: 'ignore' });
    expect(run.warnings.join()).toContain('1 detections of class "persn" are left out');
  });

  it.each([
    ['null', 'null'],
    ['1e999', '1e999'],
    ['NaN', 'NaN'],
  ])('a score that is %s is an error that names the line', async (_, score) => {
    const line = JSON.stringify(prediction('b')).replace('0.9', score);
    await expect(evaluate([prediction('a'), line])).rejects.toThrow(
      'the predictions, predictions.jsonl line 2',
    );
  });

  it('scores every slice, and says which attribute of a pair nothing has', async () => {
    const records = [
      aRecord('a', { attributes: { spectrum: 'RGB' } }),
      aRecord('b', { attributes: { spectrum: 'IR' } }),
    ];
    const dataset = await aDataset(records, { images });
    const found = [prediction('a'), prediction('b', { detections: [] })];
    const run = await evaluate(found, { resamples: 100 }, dataset);
    const scores = scoresSchema.parse(
      JSON.parse((await run.outputs['scores']?.readText('scores.json')) ?? ''),
    );
    const spectrum = scores.slices.filter(({ attribute }) => attribute === 'spectrum');
    expect(spectrum.map(({ value, images: count, objects, AP50 }) => [value, count, objects, AP50])).toEqual([
      ['IR', 1, 1, 0],
      ['RGB', 1, 1, 1],
    ]);
    await expect(
      evaluate(found, { slices: { pairs: [['spectrum', 'posture']] } }, dataset),
    ).rejects.toMatchObject({
      message: expect.stringContaining('"posture"') as string,
      hint: expect.stringContaining('size, spectrum') as string,
    });
  });

  it('a difficult object need not be found, unless it is to count', async () => {
    const hard = anObject('person', [60, 10, 90, 60], { difficult: true });
    const dataset = await aDataset([aRecord('a', { objects: [anObject('person', person.box), hard] })], {
      images,
    });
    const ignoring = await evaluate([prediction('a')], {}, dataset);
    expect(ignoring.metrics['AR100']).toBe(1);
    expect(ignoring.warnings.join()).toContain('1 difficult objects need not be found');
    const counting = await evaluate([prediction('a')], { difficult: 'count' }, dataset);
    expect(counting.metrics['AR100']).toBe(0.5);
  });

  it('two predictions for one image are an error', async () => {
    await expect(evaluate([prediction('a'), prediction('a')])).rejects.toThrow(
      'image "a" stands in line 1 already',
    );
  });

  it('a truth without objects is an error', async () => {
    const empty = await aDataset([aRecord('a', { objects: [] })], { classes: ['person'] });
    await expect(evaluate([prediction('a')], {}, empty)).rejects.toThrow('1 images and no object');
  });

  it('a class without ground truth is named, and is in no figure', async () => {
    const dataset = await aDataset([aRecord('a')], { classes: ['person', 'dog'] });
    const run = await evaluate([prediction('a')], { sheet: { images: 0 } }, dataset);
    expect(run.warnings.join()).toContain('no object of class "dog"');
    expect(run.metrics['AP50']).toBeCloseTo(1, 12);
    expect(run.exhibits.filter((exhibit) => exhibit.type === 'picture')).toHaveLength(2);
  });
});

describe('the contact sheet', () => {
  it('draws truth solid, says what was missed, and dashes what was found from the least score on', () => {
    const truth = aRecord('a', {
      objects: [anObject('person', person.box), anObject('dog', [60, 0, 90, 30])],
    });
    const faint = { ...person, score: 0.1 };
    const drawn = boxesOf({ truth, found: prediction('a', { detections: [person, faint] }) }, 0.25);
    expect(drawn.map(({ label, dashed }) => [label, dashed ?? false])).toEqual([
      ['', false],
      ['missed dog', false],
      ['person 0.90', true],
    ]);
  });

  it('shows the same images in whatever order they come, and one more replaces at most one', () => {
    const names = Array.from({ length: 50 }, (_, index) => `image ${index}`);
    const sampleOf = (list: readonly string[]): readonly string[] => {
      const sample = new StableSample<string>(6);
      for (const name of list) sample.offer(name, name);
      return sample.chosen();
    };
    const chosen = sampleOf(names);
    expect(chosen).toHaveLength(6);
    expect(sampleOf([...names].reverse())).toEqual(chosen);
    const kept = sampleOf([...names, 'another']).filter((name) => chosen.includes(name));
    expect(kept.length).toBeGreaterThanOrEqual(5);
  });
});
