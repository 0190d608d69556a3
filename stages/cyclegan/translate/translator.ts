import * as tf from '@tensorflow/tfjs';
import type { RgbImage } from '../../lib/imaging/decode-image.js';
import { generate, generatorLayout, type GeneratorShape } from '../networks/generator.js';
import { noiseMap } from '../networks/noise-map.js';
import { weightTensors, type Weights } from '../networks/parameters.js';
import { GENERATOR_STRIDE } from '../networks/sizes.js';
import { withNoise } from '../objectives.js';
import { tilesOf, tileWeight, type Tile } from './tiles.js';

/** Pixels by which tiles overlap: what one pixel of a generator's result sees of its input, about. */
const TILE_OVERLAP_PX = 48;

/** A generator that turns whole images into images of the same size. */
export class Translator {
  readonly #weights: Weights;

  /** @param mostPixels of one pass; larger images are cut into tiles */
  constructor(
    private readonly shape: GeneratorShape,
    values: Float32Array,
    private readonly mostPixels: number,
    offset = 0,
  ) {
    this.#weights = weightTensors(generatorLayout(shape), values, offset);
  }

  /** How many tiles an image is cut into. */
  tileCount({ width, height }: { readonly width: number; readonly height: number }): number {
    return this.#tiles(width, height).length;
  }

  /**
   * Translates an image: padded by mirroring to multiples of 4 and cut back, never mirrored or scaled. Tiles are
   * blended where they overlap.
   * @param noiseSeed of the noise map, for a generator that takes one: another seed draws another version
   * @returns [height, width, 3] bytes
   */
  async translate(image: RgbImage, noiseSeed: number): Promise<Uint8Array> {
    const { width, height } = image;
    const sums = new Float32Array(width * height * 3);
    const shares = new Float32Array(width * height);
    for (const tile of this.#tiles(width, height)) {
      const values = await this.#pass(image, tile, noiseSeed);
      for (let y = 0; y < tile.height; y++) {
        const wy = tileWeight(y, tile.top, tile.height, height, TILE_OVERLAP_PX);
        for (let x = 0; x < tile.width; x++) {
          const share = wy * tileWeight(x, tile.left, tile.width, width, TILE_OVERLAP_PX);
          const to = (tile.top + y) * width + tile.left + x;
          shares[to] = (shares[to] ?? 0) + share;
          const from = 3 * (y * tile.width + x);
          for (let c = 0; c < 3; c++)
            sums[3 * to + c] = (sums[3 * to + c] ?? 0) + share * (values[from + c] ?? 0);
        }
      }
    }
    return Uint8Array.from(sums, (sum, i) => {
      const value = sum / (shares[Math.floor(i / 3)] ?? 1);
      return Math.max(0, Math.min(255, Math.round((value + 1) * 127.5)));
    });
  }

  dispose(): void {
    tf.dispose([...this.#weights.values()]);
  }

  #tiles(width: number, height: number): Tile[] {
    if (width * height <= this.mostPixels) return [{ left: 0, top: 0, width, height }];
    const side = Math.floor(Math.sqrt(this.mostPixels) / GENERATOR_STRIDE) * GENERATOR_STRIDE;
    return tilesOf(width, height, Math.max(side, 2 * TILE_OVERLAP_PX + GENERATOR_STRIDE), TILE_OVERLAP_PX);
  }

  async #pass({ data, width }: RgbImage, tile: Tile, noiseSeed: number): Promise<Float32Array> {
    const pixels = new Float32Array(tile.width * tile.height * 3);
    for (let y = 0; y < tile.height; y++) {
      const from = 3 * ((tile.top + y) * width + tile.left);
      for (let i = 0; i < 3 * tile.width; i++)
        pixels[3 * y * tile.width + i] = (data[from + i] ?? 0) / 127.5 - 1;
    }
    const result = tf.tidy(() => {
      const x = tf.tensor4d(pixels, [1, tile.height, tile.width, 3]);
      const padded = padToMultiple(x);
      const [, rows, columns] = padded.shape;
      const noise = this.shape.inputChannels === 4 ? noiseMap(noiseSeed, 1, rows, columns) : undefined;
      const whole = generate(this.#weights, this.shape, withNoise(padded, noise));
      return tf.slice(whole, [0, 0, 0, 0], [1, tile.height, tile.width, 3]);
    });
    const values = await result.data<'float32'>();
    result.dispose();
    return Float32Array.from(values);
  }
}

/** The greatest picture that a pass within a memory takes: seven tensors of its first width at once, a safe reckoning. */
export function mostPixelsWithin(memoryMb: number, { width }: GeneratorShape): number {
  return Math.floor((memoryMb * 1024 ** 2) / (7 * 4 * width));
}

/** Mirrors rows and columns at the far sides until both are multiples of 4. */
function padToMultiple(x: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape;
  const below = (GENERATOR_STRIDE - (height % GENERATOR_STRIDE)) % GENERATOR_STRIDE;
  const right = (GENERATOR_STRIDE - (width % GENERATOR_STRIDE)) % GENERATOR_STRIDE;
  if (below === 0 && right === 0) return x;
  return tf.mirrorPad(x, [[0, 0], [0, below], [0, right], [0, 0]], 'reflect'); // prettier-ignore
}
