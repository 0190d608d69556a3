import type { RgbImage } from '../../lib/imaging/decode-image.js';
import type { GeneratorShape } from '../networks/generator.js';
import { GENERATOR_STRIDE } from '../networks/sizes.js';
import type { GeneratorRunner } from './generator-runner.js';
import type { MapMaker } from './map-maker.js';
import { tilesOf, tileWeight, type Tile } from './tiles.js';

/** Pixels by which tiles overlap: what one pixel of a generator's result sees of its input, about. */
const TILE_OVERLAP_PX = 48;

/** A generator that turns whole images into images of the same size. */
export class Translator {
  /** @param mostPixels of one pass; larger images are cut into tiles */
  constructor(
    private readonly runner: GeneratorRunner,
    private readonly mostPixels: number,
  ) {}

  /** How many tiles an image is cut into. */
  tileCount({ width, height }: { readonly width: number; readonly height: number }): number {
    return this.#tiles(width, height).length;
  }

  /**
   * Translates an image: padded by mirroring to multiples of 4 and cut back, never mirrored or scaled. Tiles are
   * blended where they overlap.
   * @param maps for a generator that takes a fourth channel
   * @returns [height, width, 3] bytes
   */
  async translate(image: RgbImage, maps?: MapMaker): Promise<Uint8Array> {
    const { width, height } = image;
    const sums = new Float32Array(width * height * 3);
    const shares = new Float32Array(width * height);
    for (const tile of this.#tiles(width, height)) {
      const values = await this.#pass(image, tile, maps);
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

  dispose(): Promise<void> {
    return this.runner.dispose();
  }

  #tiles(width: number, height: number): Tile[] {
    if (width * height <= this.mostPixels) return [{ left: 0, top: 0, width, height }];
    const side = Math.floor(Math.sqrt(this.mostPixels) / GENERATOR_STRIDE) * GENERATOR_STRIDE;
    return tilesOf(width, height, Math.max(side, 2 * TILE_OVERLAP_PX + GENERATOR_STRIDE), TILE_OVERLAP_PX);
  }

  /** @returns [tile.height, tile.width, 3], −1 to 1 */
  async #pass({ data, width }: RgbImage, tile: Tile, maps: MapMaker | undefined): Promise<Float32Array> {
    const [rows, columns] = [wholeStrides(tile.height), wholeStrides(tile.width)];
    const channels = this.runner.shape.inputChannels;
    const map = channels === 4 ? await maps?.(rows, columns) : undefined;
    const x = new Float32Array(rows * columns * channels);
    for (let y = 0; y < rows; y++)
      for (let column = 0; column < columns; column++) {
        const from =
          3 * ((tile.top + mirrored(y, tile.height)) * width + tile.left + mirrored(column, tile.width));
        const to = y * columns + column;
        for (let c = 0; c < 3; c++) x[channels * to + c] = (data[from + c] ?? 0) / 127.5 - 1;
        if (map) x[channels * to + 3] = map[to] ?? 0;
      }
    const whole = await this.runner.run(x, rows, columns);
    if (rows === tile.height && columns === tile.width) return whole;
    const cut = new Float32Array(tile.height * tile.width * 3);
    for (let y = 0; y < tile.height; y++)
      cut.set(whole.subarray(3 * y * columns, 3 * (y * columns + tile.width)), 3 * y * tile.width);
    return cut;
  }
}

/** The greatest picture that a pass within a memory takes: it holds at most seven tensors of its first width at once. */
export function mostPixelsWithin(
  memoryMb: number,
  generator: GeneratorShape,
  encoder?: GeneratorShape,
): number {
  const width = Math.max(generator.width, encoder?.width ?? 0);
  return Math.floor((memoryMb * 1024 ** 2) / (7 * 4 * width));
}

function wholeStrides(side: number): number {
  return Math.ceil(side / GENERATOR_STRIDE) * GENERATOR_STRIDE;
}

/** Beyond the far side it goes back, the last place not repeated. */
function mirrored(place: number, side: number): number {
  return place < side ? place : Math.max(0, 2 * (side - 1) - place);
}
