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

  it.each<[string, object]>([
    [
      'with phases, accumulation, clipping, a plateau and frozen layers',
      {
        batch: 2,
        accumulate: 2,
        clip: 5,
        schedule: { decay: { name: 'plateau', patience: 0 } },
        phases: [
          { epochs: 2, freeze: 3 },
          { epochs: 4, optimizer: { name: 'sgd', rate: 0.0005 } },
        ],
      },
    ],
    [
      'with mosaic, mixup and multi-scale',
      {
        epochs: 6,
        augment: { mosaic: 0.5, mixup: 0.3, noise: { share: 0.5 } },
        multiScale: { least: 64, most: 96, every: 1 },
      },
    ],
  ])(
    '%s, that was stopped in the middle of an epoch ends with the same weights',
    async (name, extra) => {
      const own = { validateEvery: 2, checkpointEvery: 3, batch: 2, ...extra };
      const whole = await train(`whole ${name}`, own);
      expect(await train(`cut ${name}`, own, 5)).toBe('aborted');
      const resumed = await train(`cut ${name}`, own);
      expect(resumed).toEqual(whole);
    },
    60_000,
  );

  it('does not move what is frozen, running statistics included', async () => {
    const result = await train('frozen', { epochs: 2, freeze: 4 });
    if (result === 'aborted') throw new Error('it was aborted');
    const cfg = parseCfg(tinyCfg, 'tiny.cfg');
    const layout = layoutOf(cfg);
    const start = initialWeights(cfg, layout, 5);
    const moved = new Map<number, boolean>();
    for (const { layer, offset, length } of layout.segments) {
      const same = result.values
        .subarray(offset, offset + length)
        .every((value, i) => value === start[offset + i]);
      moved.set(layer, (moved.get(layer) ?? false) || !same);
    }
    expect([...moved].filter(([, was]) => !was).map(([layer]) => layer)).toEqual([0, 2, 3]);
  }, 30_000);

  it('accumulates: two batches of two are a batch of four, but for what normalisation sees', async () => {
    // Layers with batch normalisation are frozen but for the heads' convolutions, which have none.
    const still4 = { epochs: 2, augment: still, freeze: 6, averageDecay: 0 };
    const one = await train('batch of four', { ...still4, batch: 4 });
    const two = await train('two of two', { ...still4, batch: 2, accumulate: 2 });
    if (one === 'aborted' || two === 'aborted') throw new Error('it was aborted');
    expect(two.reports[1]?.loss).toBeCloseTo(one.reports[1]?.loss ?? NaN, 1);
  }, 30_000);

  it('saves the batch at which the loss is no number, and says what to do', async () => {
    const blown = train('diverged', { epochs: 30, optimizer: { name: 'sgd', rate: 1e9 }, schedule: { warmup: { share: 0 } } }); // prettier-ignore
    await expect(blown).rejects.toMatchObject({
      message: expect.stringMatching(/diverged: at step \d+/) as string,
    });
    const saved = JSON.parse(await readFile(join(folder, 'diverged/diverged/batch.json'), 'utf8')) as { images: { image: string; id: string }[] }; // prettier-ignore
    expect(saved.images).toHaveLength(4);
    await expect(
      readFile(join(folder, 'diverged/diverged', saved.images[0]?.image ?? '')),
    ).resolves.toBeDefined();
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
