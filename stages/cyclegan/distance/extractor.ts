import * as tf from '@tensorflow/tfjs';
import { digestOfBytes, type Digest } from '../../../pipeline/core/digest.js';
import type { RgbImage } from '../../lib/imaging/decode-image.js';
import { resampleInto } from '../../lib/imaging/resample.js';
import { FastRandom } from '../../lib/tensors/fast-random.js';

/** What the features are called wherever a distance is shown. */
export const EXTRACTOR_NAME = 'random-conv-1';

const SIDE_PX = 64;
const SEED = 20_240_229;
const CHANNELS = [3, 24, 48, 96] as const;

/** Kernels of the fixed network: N(0, 2 / inputs), from one seed for ever (He et al. 2015). */
function kernels(): Float32Array[] {
  const random = new FastRandom(SEED);
  return CHANNELS.slice(1).map((to, n) => {
    const from = CHANNELS[n] ?? 3;
    const deviation = Math.sqrt(2 / (9 * from));
    return Float32Array.from({ length: 9 * from * to }, () => deviation * random.normal());
  });
}

/** The digest of the extractor's numbers: distances of two extractors must not be compared. */
export function extractorDigest(): Digest {
  return digestOfBytes(Buffer.concat(kernels().map((one) => Buffer.from(one.buffer))));
}

/**
 * Describes images by the means and deviations of a random convolutional network's channels, at three scales. The
 * network is never trained and never changes; its distances say nothing beside those of an Inception network.
 */
export class RandomConvExtractor {
  readonly #kernels = kernels().map((values, n) =>
    tf.tensor4d(values, [3, 3, CHANNELS[n] ?? 3, CHANNELS[n + 1] ?? 3]),
  );

  /** @returns one number a channel for mean and deviation, and the image's own six */
  async describe(image: RgbImage): Promise<Float32Array> {
    const pixels = new Float32Array(SIDE_PX * SIDE_PX * 3);
    resampleInto(pixels, SIDE_PX, SIDE_PX, image, { left: 0, top: 0, width: SIDE_PX, height: SIDE_PX });
    const features = tf.tidy(() => {
      let x: tf.Tensor4D = tf.tensor4d(pixels, [1, SIDE_PX, SIDE_PX, 3]);
      const described = [statistics(x)];
      for (const kernel of this.#kernels) {
        x = tf.relu(tf.conv2d(x, kernel, 1, 'same'));
        described.push(statistics(x));
        x = tf.avgPool(x, 2, 2, 'valid');
      }
      return tf.concat(described);
    });
    const values = Float32Array.from(await features.data<'float32'>());
    features.dispose();
    return values;
  }

  dispose(): void {
    tf.dispose(this.#kernels);
  }
}

function statistics(x: tf.Tensor4D): tf.Tensor1D {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.concat([mean as tf.Tensor1D, tf.sqrt(variance) as tf.Tensor1D]);
}
