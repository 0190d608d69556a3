import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { productRoot } from '../../pipeline/core/product-root.js';
import { parseCfg } from '../../stages/lib/darknet/cfg.js';
import { initialWeights } from '../../stages/lib/darknet/initial-weights.js';
import { layoutOf } from '../../stages/lib/darknet/layout.js';
import { predictorOf } from '../../stages/lib/darknet/network.js';
import { useBackend } from '../../stages/lib/tensors/backend.js';
import { startThread } from '../../stages/lib/threads/worker-thread.js';
import { yoloTrainParams, type YoloTrainParams } from '../../stages/yolo/params.js';
import { phasesOf, type Phase } from '../../stages/yolo/phases.js';
import type { TrainingSample } from '../../stages/yolo/prepare-sample.js';
import { SampleLoader } from '../../stages/yolo/sample-loader.js';
import { takeStep } from '../../stages/yolo/steps.js';
import { makeVectors } from '../../stages/yolo/training-state.js';
import { startWorkers } from '../../stages/yolo/worker-pool.js';
import type { PrepareSetup } from './prepare-worker.js';
import { median, seconds, type Bench } from './bench.js';

const bytesPerGib = 2 ** 30;
const batch = 8;

/** Of PyTorch 1.13 on two such cores: yolov3-tiny, 416 × 416, an image. */
const pytorch = { step: 0.142, forward: 0.068 };

/** A training step and a look at an image by yolov3-tiny at 416, on WebAssembly. */
export const training: Bench = {
  name: 'training',
  measure: async (folder) => {
    const file = join(productRoot(), 'data/networks/yolov3-tiny.cfg');
    const cfgText = await readFile(file, 'utf8');
    const cfg = parseCfg(cfgText, file);
    const layout = layoutOf(cfg);
    const size = { width: cfg.width, height: cfg.height };
    const params = yoloTrainParams.parse({ cfg: 'yolov3-tiny', batch });
    const [phase] = phasesOf(params, cfg, 1000);
    if (!phase) throw new Error('no phase');
    const samples = Array.from({ length: batch }, (_, n) => sampleOf(n));
    const start = initialWeights(cfg, layout, 1);

    const imageSeconds = async (workerCount: number): Promise<number> => {
      const vectors = makeVectors(start, 2, params.shards);
      const { augment, loss } = params;
      const workers = await startWorkers(workerCount, { cfgText, backend: 'wasm', seed: 1, augment, loss, vectors }); // prettier-ignore
      try {
        const times: number[] = [];
        for (let step = 0; step < 4; step++) {
          const began = performance.now();
          await takeStep(workers, samples, { params, layout, phase, step, rate: 1e-4, size });
          if (step > 0) times.push((performance.now() - began) / 1000 / batch);
        }
        return median(times);
      } finally {
        await Promise.all(workers.map((worker) => worker.stop()));
      }
    };
    const two = await imageSeconds(2);
    const one = await imageSeconds(1);
    const peakBytes = process.resourceUsage().maxRSS * 1024;

    await useBackend('wasm');
    const predictor = predictorOf(cfg, layout, start);
    const input = tf.zeros<tf.Rank.R4>([1, size.height, size.width, 3]);
    const looks: number[] = [];
    for (let i = 0; i < 6; i++) {
      const began = performance.now();
      const heads = predictor.predict(input);
      for (const head of heads) await head.data();
      tf.dispose(heads);
      looks.push((performance.now() - began) / 1000);
    }
    predictor.dispose();
    input.dispose();
    const forward = median(looks.slice(1));

    const prepared = await loadedASecond(folder, size, phase, params);
    return [
      {
        what: 'training step, yolov3-tiny 416, two workers, an image',
        measured: `${seconds(two)}, ${(two / pytorch.step).toFixed(1)} × PyTorch’s`,
        bar: `≤ 2.5 × ${seconds(pytorch.step)}`,
        met: two <= 2.5 * pytorch.step,
      },
      {
        what: 'the same, one worker',
        measured: `${seconds(one)}, two are ${(one / two).toFixed(2)} × as fast`,
        bar: '–',
        met: undefined,
      },
      {
        what: 'peak memory of both',
        measured: `${(peakBytes / bytesPerGib).toFixed(2)} GiB`,
        bar: '–',
        met: undefined,
      },
      {
        what: 'forward, yolov3-tiny 416, one thread',
        measured: `${seconds(forward)}, ${(forward / pytorch.forward).toFixed(1)} × PyTorch’s on two`,
        bar: '≤ .25 s',
        met: forward <= 0.25,
      },
      {
        what: 'decoding 640 × 480 JPEGs, augmenting them to 416',
        measured: `${prepared.toFixed(0)} images/s`,
        bar: '≥ 200 images/s',
        met: prepared >= 200,
      },
    ];
  },
};

/**
 * Images a second that go through a training's loader: this thread has the next batch decoded (by sharp's threads) while two
 * workers augment their halves of the one before. No image comes twice.
 */
async function loadedASecond(
  folder: string,
  cfg: { readonly width: number; readonly height: number },
  phase: Phase,
  params: YoloTrainParams,
): Promise<number> {
  const path = join(folder, 'image.jpg');
  const { image, objects } = sampleOf(1);
  await sharp(image.data, { raw: { width: 640, height: 480, channels: 3 } })
    .jpeg({ quality: 90 })
    .toFile(path);
  const steps = 40;
  const images = await Promise.all(
    Array.from({ length: steps * batch }, async (_, n) => {
      const copy = join(folder, `${n}.jpg`);
      await copyFile(path, copy);
      return { id: `${n}`, path: copy, objects };
    }),
  );
  const train = { classes: [], images, crowdCount: 0, emptyCount: 0 };
  const loader = new SampleLoader({ params, cfg, train, seed: 1 });
  const setup: PrepareSetup = { augment: params.augment, width: cfg.width, height: cfg.height };
  const entry = fileURLToPath(new URL('./prepare-worker.js', import.meta.url));
  const workers = await Promise.all([startThread(entry, setup), startThread(entry, setup)]);
  try {
    const warmUp = 8;
    let began = 0;
    let next = loader.load(phase, 0);
    for (let step = 0; step < steps; step++) {
      const samples = await next;
      if (step === warmUp) began = performance.now();
      if (step + 1 < steps) next = loader.load(phase, step + 1);
      const halves = [samples.slice(0, batch / 2), samples.slice(batch / 2)];
      await Promise.all(workers.map((worker, w) => worker.call('prepare', halves[w])));
    }
    return (1000 * (steps - warmUp) * batch) / (performance.now() - began);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

/** An image of 640 × 480 with two objects. */
function sampleOf(n: number): TrainingSample {
  const data = Uint8Array.from({ length: 640 * 480 * 3 }, (_, i) => (i * 7919 + n) % 251);
  return {
    id: `${n}`,
    epoch: 0,
    image: { width: 640, height: 480, originalWidth: 640, originalHeight: 480, data },
    objects: {
      boxes: Float32Array.from([100, 100, 200, 220, 300, 200, 420, 400]),
      classes: Int32Array.from([3, 5]),
    },
    mosaic: [],
    mixup: undefined,
  };
}
