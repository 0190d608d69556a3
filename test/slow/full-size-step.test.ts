import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { expect, test } from 'vitest';
import { productRoot } from '../../pipeline/core/product-root.js';
import { parseCfg } from '../../stages/lib/darknet/cfg.js';
import { initialWeights } from '../../stages/lib/darknet/initial-weights.js';
import { layoutOf } from '../../stages/lib/darknet/layout.js';
import { yoloTrainParams } from '../../stages/yolo/params.js';
import type { TrainingSample } from '../../stages/yolo/prepare-sample.js';
import { ShardTask } from '../../stages/yolo/shard-task.js';
import { makeVectors } from '../../stages/yolo/training-state.js';

const gib = 2 ** 30;

function sampleOf(n: number, side: number): TrainingSample {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 7919 + n) % 251);
  return {
    id: `${n}`,
    epoch: 0,
    image: { width: side, height: side, originalWidth: side, originalHeight: side, data },
    objects: { boxes: Float32Array.from([8, 8, 40, 50]), classes: Int32Array.from([1]) },
    mosaic: [],
    mixup: undefined,
  };
}

async function taskOf(name: string, shards: number) {
  const cfgText = await readFile(join(productRoot(), 'data/networks', `${name}.cfg`), 'utf8');
  const cfg = parseCfg(cfgText, `${name}.cfg`);
  const layout = layoutOf(cfg);
  const { augment, loss } = yoloTrainParams.parse({ cfg: '' });
  const vectors = makeVectors(initialWeights(cfg, layout, 1), 2, shards);
  const task = await ShardTask.start({ cfgText, backend: 'wasm', seed: 1, augment, loss, vectors });
  return { task, layout, vectors };
}

const heapBytes = (): number => (tf.backend() as BackendWasm).wasm.HEAPU8.length;

test('a full step of YOLOv3 at 416 fits into the memory of WebAssembly, and lowers the loss', async () => {
  const { task, layout, vectors } = await taskOf('yolov3', 1);
  const samples = [sampleOf(1, 128)];
  const gradient = {
    shard: 0,
    samples,
    imagesAStep: 1,
    width: 416,
    height: 416,
    frozenLayers: 0,
    add: false,
  };
  const first = await task.gradients(gradient);
  task.update({
    rule: { name: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-7, weightDecay: 0 },
    from: 0,
    to: layout.length,
    rate: 1e-4,
    step: 0,
    averageDecay: 0,
    statisticsDecay: 0.95,
    frozenLayers: 0,
    batches: 1,
    summed: false,
    shrink: 1,
  });
  const second = await task.gradients(gradient);
  const total = ({ box, objectness, classes }: typeof first): number => box + objectness + classes;
  expect(total(second)).toBeLessThan(total(first));
  expect(vectors.gradients[0]?.every(Number.isFinite)).toBe(true);
  console.log(`WebAssembly's memory: ${(heapBytes() / gib).toFixed(2)} GiB`);
  expect(heapBytes()).toBeLessThan(4 * gib);
});

test('a batch that does not fit is refused with one that does, and the memory is as it was', async () => {
  const { task } = await taskOf('nano', 2);
  const before = tf.memory().numTensors;
  const backend = tf.backend() as BackendWasm;
  const sixtyFourMib = 16 * 2 ** 20;
  const filler = Array.from({ length: 50 }, () =>
    tf.engine().makeTensorFromTensorInfo(backend.makeOutput([sixtyFourMib], 'float32')),
  );
  const samples = Array.from({ length: 16 }, (_, n) => sampleOf(n, 64));
  const gradient = {
    shard: 0,
    samples,
    imagesAStep: 16,
    width: 320,
    height: 320,
    frozenLayers: 0,
    add: false,
  };
  await expect(task.gradients(gradient)).rejects.toMatchObject({
    message: expect.stringContaining(
      'Out of memory: a worker cannot learn from 16 images of 320 × 320',
    ) as string,
    hint: expect.stringMatching(/^`batch: (8|4|16)` fits/) as string,
  });
  tf.dispose(filler);
  expect(tf.memory().numTensors).toBeLessThanOrEqual(before + 1);
});
