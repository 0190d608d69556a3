import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { batchNormLeaky, depthwiseConvolution, maxPool, upsample } from '../../stages/lib/tensors/layers.js';
import { useBackend } from '../../stages/lib/tensors/backend.js';
import { ShardTask } from '../../stages/yolo/shard-task.js';
import { makeVectors } from '../../stages/yolo/training-state.js';
import { yoloTrainParams } from '../../stages/yolo/params.js';
import { initialWeights } from '../../stages/lib/darknet/initial-weights.js';
import { layoutOf } from '../../stages/lib/darknet/layout.js';
import { parseCfg } from '../../stages/lib/darknet/cfg.js';
import {
  convolutionGradients,
  waves,
  worstDifference,
  type Shape4,
} from '../support/convolution-gradients.js';
import { differencesOf, goldenIsMissing, goldenPredictor, goldenSets, worstOfHeads } from '../support/golden-darknet.js'; // prettier-ignore
import { tinyCfg } from '../support/tiny-detector.js';

/** SwiftShader, Vulkan in software, comes with Debian's chromium: the same shaders as a graphics card runs, slowly. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
if (existsSync(swiftShader)) process.env['VK_ICD_FILENAMES'] ??= swiftShader;

const problem = await useBackend('webgpu').then(
  () => undefined,
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);

describe.skipIf(problem !== undefined)(
  `WebGPU ${problem === undefined ? '' : `(skipped: ${problem} Debian’s chromium brings an adapter in software.)`}`,
  () => {
    it.each<[string, Shape4, Shape4, number, 'same' | 'valid']>([
      ['3 × 3', [2, 7, 9, 3], [3, 3, 3, 5], 1, 'same'],
      ['1 × 1', [2, 6, 5, 4], [1, 1, 4, 3], 1, 'same'],
      ['3 × 3 with stride 2, padded beforehand', [2, 10, 14, 3], [3, 3, 3, 4], 2, 'valid'],
      ['3 × 3 with stride 2 at odd sizes', [1, 9, 7, 2], [3, 3, 2, 2], 2, 'same'],
      ['1 × 1 with stride 2', [1, 8, 6, 2], [1, 1, 2, 3], 2, 'valid'],
    ])('a convolution %s has the gradients of the reference backend', async (_, ...geometry) => {
      const gpu = await convolutionGradients('webgpu', ...geometry);
      const cpu = await convolutionGradients('cpu', ...geometry);
      expect(worstDifference(gpu.dx, cpu.dx)).toBeLessThan(1e-4);
      expect(worstDifference(gpu.dw, cpu.dw)).toBeLessThan(1e-4);
    });

    const shape: Shape4 = [2, 6, 8, 4];
    it.each<[string, readonly (readonly number[])[], (...inputs: tf.Tensor[]) => tf.Tensor]>([
      ['pooling', [shape], (x) => maxPool(x as tf.Tensor4D, { size: 2, stride: 2, padding: 1 })],
      ['pooling at stride 1', [shape], (x) => maxPool(x as tf.Tensor4D, { size: 2, stride: 1, padding: 1 })],
      ['upsampling', [shape], (x) => upsample(x as tf.Tensor4D, 2)],
      [
        'a depthwise convolution',
        [shape, [3, 3, 1, 4]],
        (x, kernel) => depthwiseConvolution(x as tf.Tensor4D, kernel as tf.Tensor4D, 2, 1),
      ],
      [
        'batch normalisation with its leaky ReLU',
        [shape, [4], [4]],
        (x, gamma, beta) =>
          batchNormLeaky(
            x as tf.Tensor4D,
            gamma as tf.Tensor1D,
            beta as tf.Tensor1D,
            0.1,
            ({ mean, variance }) => tf.dispose([mean, variance]),
          ),
      ],
    ])('%s has values and gradients of the reference backend', async (_, shapes, layer) => {
      const on = async (backend: 'webgpu' | 'cpu'): Promise<Float32Array[]> => {
        await useBackend(backend);
        const inputs = shapes.map((own, i) => tf.tensor(waves(own, 0.37 + 0.2 * i), [...own]));
        const { value, grads } = tf.valueAndGrads((...given) => {
          const y = layer(...given);
          return y.mul(tf.tensor(waves(y.shape, 0.53), y.shape)).sum();
        })(inputs);
        return Promise.all([value, ...grads].map((tensor) => tensor.data<'float32'>()));
      };
      const [gpu, cpu] = [await on('webgpu'), await on('cpu')];
      for (const [i, wanted] of cpu.entries())
        expect(worstDifference(gpu[i] ?? [], wanted)).toBeLessThan(1e-4);
    });

    it('a training step has the losses and gradients of the reference backend, and keeps no tensors', async () => {
      const cfg = parseCfg(tinyCfg, 'tiny.cfg');
      const layout = layoutOf(cfg);
      const params = yoloTrainParams.parse({ cfg: '' });
      const data = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251);
      const sample = {
        id: 'one',
        epoch: 0,
        image: { width: 64, height: 64, originalWidth: 64, originalHeight: 64, data },
        objects: { boxes: Float32Array.from([8, 8, 30, 40]), classes: Int32Array.from([1]) },
        mosaic: [],
        mixup: undefined,
      };
      const on = async (backend: 'webgpu' | 'cpu') => {
        const vectors = makeVectors(initialWeights(cfg, layout, 1), 2, 1);
        const { augment, loss } = params;
        const task = await ShardTask.start({ cfgText: tinyCfg, backend, seed: 1, augment, loss, vectors });
        const request = { shard: 0, samples: [sample], imagesAStep: 1, width: 64, height: 64, frozenLayers: 0, add: false }; // prettier-ignore
        const parts = await task.gradients(request);
        const before = tf.memory().numTensors;
        await task.gradients(request);
        expect(tf.memory().numTensors).toBe(before);
        return { parts, gradient: vectors.gradients[0] ?? new Float32Array() };
      };
      const [gpu, cpu] = [await on('webgpu'), await on('cpu')];
      expect(worstDifference(Object.values(gpu.parts), Object.values(cpu.parts))).toBeLessThan(1e-3);
      expect(worstDifference(gpu.gradient, cpu.gradient)).toBeLessThan(1e-3);
    });

    it.skipIf(goldenIsMissing)('heads and detections are darknet’s', async () => {
      await useBackend('webgpu');
      const predictor = await goldenPredictor();
      expect(await worstOfHeads(predictor)).toBeLessThan(1e-3);
      for (const set of goldenSets)
        expect(await differencesOf(predictor, set)).toMatchObject({ onlyDarknet: [], onlyOurs: [] });
    });
  },
);
