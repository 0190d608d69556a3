import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runStage, folderArtifact } from '../../support/stage-harness.js';
import { tinyCfg, writeSquares } from '../../support/tiny-detector.js';
import { parseCfg } from '../../../stages/lib/darknet/cfg.js';
import { initialWeights } from '../../../stages/lib/darknet/initial-weights.js';
import { layoutOf } from '../../../stages/lib/darknet/layout.js';
import { anchorsStage } from '../../../stages/anchors/stage.js';
import { detectStage } from '../../../stages/detect/stage.js';
import { predictionRecordSchema } from '../../../stages/lib/dataset/prediction-record.js';
import { readLabelledImages } from '../../../stages/yolo/batches.js';
import { yoloTrainParams } from '../../../stages/yolo/params.js';
import { evaluateStage } from '../../../stages/evaluate/stage.js';
import { yoloTrainStage } from '../../../stages/yolo/stage.js';
import { trainDetector, type Training } from '../../../stages/yolo/train.js';

const still = { flip: false, jitter: 0, scale: [1, 1], hue: 0, saturation: 1, value: 1 };

describe('training a detector', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'yolo-test-'));
    await writeSquares(join(folder, 'squares'), 4, 1);
    await writeFile(join(folder, 'tiny.cfg'), tinyCfg);
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** A short training on the squares; stops itself after `steps` steps where given. */
  async function train(work: string, extra: object, steps = Infinity): Promise<Training | 'aborted'> {
    const labelled = await readLabelledImages(await folderArtifact('dataset', join(folder, 'squares')));
    const params = yoloTrainParams.parse({ cfg: 'tiny.cfg', backend: 'wasm', batch: 4, ...extra });
    const cfg = parseCfg(tinyCfg, 'tiny.cfg');
    const layout = layoutOf(cfg);
    const controller = new AbortController();
    const request = {
      params,
      cfg,
      cfgText: tinyCfg,
      layout,
      start: initialWeights(cfg, layout, 5),
      train: labelled,
      validation: labelled,
      seed: 5,
      workers: 1,
      workDirectory: join(folder, work),
      signal: controller.signal,
      log: () => undefined,
      onStep: (step: number) => {
        if (step >= steps) controller.abort();
      },
    };
    return trainDetector(request).catch((error: unknown) => {
      if (!controller.signal.aborted) throw error;
      return 'aborted';
    });
  }

  it('learns four images by heart', async () => {
    const result = await train('overfit', {
      epochs: 80,
      validateEvery: 40,
      augment: still,
      optimizer: { name: 'adam', rate: 0.01 },
    });
    if (result === 'aborted') throw new Error('it was aborted');
    const [first, last] = [result.reports.at(0), result.reports.at(-1)];
    expect(last?.loss).toBeLessThan(0.1 * (first?.loss ?? 0));
    expect(result.bestAp50).toBeGreaterThan(0.95);
  }, 60_000);

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await train('memory', { epochs: 2 });
    expect(tf.memory().numTensors).toBe(before);
  }, 30_000);

  it('that was cut off goes on from its checkpoint and ends with the same weights', async () => {
    const whole = await train('whole', { epochs: 6, validateEvery: 2 });
    expect(await train('cut', { epochs: 6, validateEvery: 2 }, 4)).toBe('aborted');
    const resumed = await train('cut', { epochs: 6, validateEvery: 2 });
    expect(resumed).toEqual(whole);
  }, 30_000);

  it('starts anew when its checkpoint is cut off at any place', async () => {
    const whole = await train('whole-again', { epochs: 2 });
    await train('damaged', { epochs: 2 }, 1);
    const file = join(folder, 'damaged', 'checkpoint.bin');
    const bytes = await readFile(file).catch(() => Buffer.from('{"version":1}\nxx'));
    await writeFile(file, bytes.subarray(0, bytes.length - 3));
    expect(await train('damaged', { epochs: 2 })).toEqual(whole);
  }, 30_000);

  it('as a stage writes a detector that the detect stage reads, in the order of the dataset', async () => {
    const squares = await folderArtifact('dataset', join(folder, 'squares'));
    const run = await runStage(yoloTrainStage, {
      baseDirectory: folder,
      params: { cfg: 'tiny.cfg', epochs: 40, batch: 4, validateEvery: 20, backend: 'wasm', augment: { jitter: 0 } }, // prettier-ignore
      inputs: { train: squares, validation: squares },
      seed: 3,
    });
    const { detector } = run.outputs;
    if (!detector) throw new Error('no detector');
    expect(JSON.parse(await detector.readText('detector.json'))).toMatchObject({
      classes: ['red', 'blue'],
      inputSize: [64, 64],
    });
    expect(run.metrics['validation/AP50']).toBeGreaterThan(0);
    expect(run.exhibits.map((exhibit) => exhibit.type)).toContain('picture');
    const found = await runStage(detectStage, {
      params: { backend: 'wasm' },
      inputs: { detector, images: squares },
    });
    const lines: string[] = [];
    for await (const line of found.outputs['predictions']?.readLines('predictions.jsonl') ?? [])
      lines.push(line);
    const records = lines.map((line) => predictionRecordSchema.parse(JSON.parse(line)));
    expect(records.map((record) => record.id)).toEqual(['1-0', '1-1', '1-2', '1-3']);
    expect(records.some((record) => record.detections.length > 0)).toBe(true);
    for (const { detections } of records)
      for (const { box } of detections) for (const side of box) expect(side >= 0 && side <= 64).toBe(true);
    // The predictions say what their detector has learnt: judging by the same images is refused.
    const { predictions } = found.outputs;
    if (!predictions) throw new Error('no predictions');
    const judged = runStage(evaluateStage, { params: {}, inputs: { predictions, truth: squares } });
    await expect(judged).rejects.toThrow('The sets are not independent. 8 images are in two sets');
  }, 60_000);

  it('refuses anchors that were measured for another input size', async () => {
    const squares = await folderArtifact('dataset', join(folder, 'squares'));
    const other = { params: { count: 4, inputSize: [128, 128] }, inputs: { dataset: squares } };
    const { anchors } = (await runStage(anchorsStage, other)).outputs;
    if (!anchors) throw new Error('no anchors');
    const params = { cfg: 'tiny.cfg', epochs: 1, batch: 2, backend: 'wasm' };
    const inputs = { train: squares, validation: squares, anchors };
    await expect(runStage(yoloTrainStage, { baseDirectory: folder, params, inputs })).rejects.toThrow(
      'measured for an input of 128 × 128',
    );
  });

  it('names an unreadable image and says what to do', async () => {
    await writeSquares(join(folder, 'broken'), 2, 9);
    await writeFile(join(folder, 'broken/images/9-1.png'), 'not an image');
    const broken = await folderArtifact('dataset', join(folder, 'broken'));
    const squares = await folderArtifact('dataset', join(folder, 'squares'));
    const params = { cfg: 'tiny.cfg', epochs: 1, batch: 2, backend: 'wasm' };
    const request = { baseDirectory: folder, params, inputs: { train: broken, validation: squares } };
    await expect(runStage(yoloTrainStage, request)).rejects.toThrow('The image 9-1 cannot be read');
  });
});
