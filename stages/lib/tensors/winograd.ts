import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { ConvGeometry } from './conv-geometry.js';
import { copyImages, padImages } from './pad-images.js';
import { multiplyInto } from './vector/matrix-product.js';
import { vectorCodeOf } from './vector/vector-code.js';
import type { WinogradCode } from './vector/winograd-code.js';
import { addressOf, newTensor } from './wasm-heap.js';

/** Tiles that are in hand at once: their planes stay in the caches, and a panel of kernels serves all of them. */
const TILES_AT_ONCE = 256;
const LEAST_CHANNELS = 64;

/**
 * Is a convolution faster by tiles? Stride 1, 3 × 3, and so many channels that the products outweigh the transforms
 * (measured, with its gradients, against the other ways). Channels are transformed four at a time.
 */
export function fitsWinograd({ kernel, stride, input, output }: ConvGeometry): boolean {
  return (
    kernel[0] === 3 &&
    kernel[1] === 3 &&
    stride[0] === 1 &&
    stride[1] === 1 &&
    input[2] % 4 === 0 &&
    output[2] % 4 === 0 &&
    Math.min(input[2], output[2]) >= LEAST_CHANNELS
  );
}

/**
 * A convolution by Winograd's tiles.
 * @param x      [N, H, W, C]
 * @param filter [3, 3, C, F]
 * @returns      [N, H′, W′, F]
 */
export function winogradConvolution(
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  { input, output, padBefore }: ConvGeometry,
  backend: BackendWasm,
): tf.Tensor {
  return convolveTiles(x, filter, false, input, output, padBefore, backend);
}

/**
 * dL/dx: the convolution of dy with the turned kernel.
 * @param dy     [N, H′, W′, F]
 * @param filter [3, 3, C, F]
 * @returns      [N, H, W, C]
 */
export function winogradInputGradient(
  dy: tf.TensorInfo,
  filter: tf.TensorInfo,
  { input, output, padBefore }: ConvGeometry,
  backend: BackendWasm,
): tf.Tensor {
  return convolveTiles(dy, filter, true, output, input, [2 - padBefore[0], 2 - padBefore[1]], backend);
}

/**
 * dL/dW: the products of input tiles and slope tiles, summed over all tiles.
 * @returns [3, 3, C, F]
 */
export function winogradFilterGradient(
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  geometry: ConvGeometry,
  backend: BackendWasm,
): tf.Tensor {
  const code = vectorCodeOf(backend);
  const channels = geometry.input[2];
  const filters = geometry.output[2];
  const grid = tileGrid(x.shape[0] ?? 1, geometry.output);
  const padded = padImages(x, geometry.padBefore, 2 * grid.rows + 2, 2 * grid.columns + 2, backend);
  const paddedSlopes = padImages(dy, [0, 0], 2 * grid.rows, 2 * grid.columns, backend);
  const inputs = newTensor(backend, [16, grid.tilesAtOnce, channels]);
  const slopes = newTensor(backend, [16, grid.tilesAtOnce, filters]);
  const sums = newTensor(backend, [16, channels, filters]);
  forGroups(grid, (first, tileRows) => {
    eachRow(code.transformInput, padded, grid, inputs, first, tileRows, backend);
    eachRow(code.transformSlopes, paddedSlopes, grid, slopes, first, tileRows, backend);
    for (let k = 0; k < 16; k++)
      multiplyInto(
        backend,
        { rows: channels, depth: tileRows * grid.columns, columns: filters },
        { at: planeOf(backend, inputs, k), pitch: channels, turned: true },
        { at: planeOf(backend, slopes, k), pitch: filters },
        { at: planeOf(backend, sums, k), pitch: filters },
        first > 0,
      );
  });
  const result = newTensor(backend, [3, 3, channels, filters]);
  code.collectFilterSlopes(addressOf(backend, sums), 4 * channels * filters, addressOf(backend, result));
  tf.dispose([padded, paddedSlopes, inputs, slopes, sums]);
  return result;
}

/**
 * @param filter [3, 3, C, F]
 * @param turned from F to C with the kernels turned by 180°, for gradients; otherwise from C to F
 */
function convolveTiles(
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  turned: boolean,
  input: ConvGeometry['input'],
  output: ConvGeometry['output'],
  pad: readonly [number, number],
  backend: BackendWasm,
): tf.Tensor {
  const code = vectorCodeOf(backend);
  const batch = x.shape[0] ?? 1;
  const [height, width, to] = output;
  const from = input[2];
  const grid = tileGrid(batch, output);
  const [, , channels = 0, filters = 0] = filter.shape;
  const kernels = newTensor(backend, [16, channels, filters]);
  code.transformFilter(addressOf(backend, filter), 4 * channels * filters, addressOf(backend, kernels));
  const padded = padImages(x, pad, 2 * grid.rows + 2, 2 * grid.columns + 2, backend);
  const whole = newTensor(backend, [batch, 2 * grid.rows, 2 * grid.columns, to]);
  const inputs = newTensor(backend, [16, grid.tilesAtOnce, from]);
  const products = newTensor(backend, [16, grid.tilesAtOnce, to]);
  forGroups(grid, (first, tileRows) => {
    eachRow(code.transformInput, padded, grid, inputs, first, tileRows, backend);
    for (let k = 0; k < 16; k++)
      multiplyInto(
        backend,
        { rows: tileRows * grid.columns, depth: from, columns: to },
        { at: planeOf(backend, inputs, k), pitch: from },
        { at: planeOf(backend, kernels, turned ? turnedPlace(k) : k), pitch: filters, turned },
        { at: planeOf(backend, products, k), pitch: to },
      );
    eachRow(code.transformOutput, whole, grid, products, first, tileRows, backend);
  });
  tf.dispose([kernels, padded, inputs, products]);
  if (2 * grid.rows === height && 2 * grid.columns === width) return whole;
  const result = newTensor(backend, [batch, height, width, to]);
  copyImages(whole, result, [0, 0], output, backend);
  whole.dispose();
  return result;
}

/** How the images of a batch are cut into tiles of 2 × 2 outputs. */
interface TileGrid {
  readonly batch: number;
  /** Of an image. */
  readonly rows: number;
  readonly columns: number;
  readonly tilesAtOnce: number;
}

function tileGrid(batch: number, [height, width]: ConvGeometry['output']): TileGrid {
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const rowsAtOnce = Math.max(1, Math.min(batch * rows, Math.floor(TILES_AT_ONCE / columns)));
  return { batch, rows, columns, tilesAtOnce: rowsAtOnce * columns };
}

/** Goes through the rows of tiles of all images, as many at once as there is room for. */
function forGroups(grid: TileGrid, visit: (firstRow: number, rows: number) => void): void {
  const all = grid.batch * grid.rows;
  const atOnce = grid.tilesAtOnce / grid.columns;
  for (let first = 0; first < all; first += atOnce) visit(first, Math.min(atOnce, all - first));
}

/** A kernel turned by 180° has the outer rows and the outer columns of its tile swapped. */
function turnedPlace(place: number): number {
  const swap = [3, 1, 2, 0];
  return 4 * (swap[place >> 2] ?? 0) + (swap[place & 3] ?? 0);
}

/** The address of one of the 16 planes [rows, columns]. */
function planeOf(backend: BackendWasm, planes: tf.Tensor, index: number): number {
  return addressOf(backend, planes) + index * planeBytes(planes);
}

function planeBytes(planes: tf.Tensor): number {
  return planes.size / 4;
}

/**
 * Applies a transform to some rows of tiles.
 * @param images [N, 2·rows (+ 2), 2·columns (+ 2), C]
 * @param planes [16, tiles, C] of these rows
 * @param first  counted over all images
 */
function eachRow(
  transform: WinogradCode['transformInput'],
  images: tf.Tensor,
  grid: TileGrid,
  planes: tf.Tensor,
  first: number,
  rows: number,
  backend: BackendWasm,
): void {
  const [, height = 0, width = 0, channels = 0] = images.shape;
  const pixel = 4 * channels;
  const pitch = width * pixel;
  for (let i = 0; i < rows; i++) {
    const n = Math.floor((first + i) / grid.rows);
    const row = n * height + 2 * (first + i - n * grid.rows);
    const tiles = addressOf(backend, planes) + i * grid.columns * pixel;
    transform(
      addressOf(backend, images) + row * pitch,
      pitch,
      pixel,
      grid.columns,
      tiles,
      planeBytes(planes),
    );
  }
}
