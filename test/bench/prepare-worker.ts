import { serveCalls } from '../../stages/lib/threads/serve-calls.js';
import type { AugmentParams } from '../../stages/yolo/augment-params.js';
import { prepareSample, type TrainingSample } from '../../stages/yolo/prepare-sample.js';

/** What a training worker does before it computes. */
export interface PrepareSetup {
  readonly augment: AugmentParams;
  /** The network's input in pixels. */
  readonly width: number;
  readonly height: number;
}

await serveCalls(
  (setup: PrepareSetup) => Promise.resolve({ ...setup, backend: { device: 'none' } }),
  ({ augment, width, height }, { args }) => {
    const [samples] = args as [readonly TrainingSample[]];
    const size = height * width * 3;
    const pixels = new Float32Array(samples.length * size);
    for (const [n, sample] of samples.entries())
      prepareSample(pixels.subarray(n * size, (n + 1) * size), width, height, sample, 1, augment);
    return Promise.resolve(samples.length);
  },
);
