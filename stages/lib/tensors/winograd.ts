import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { ConvGeometry } from './conv-geometry.js';
import { heapOf, newTensor } from './wasm-heap.js';
import {
  collectFilterSlopes,
  tileGrid,
  transformFilter,
  transformInput,
  transformOutput,
  transformSlopes,
  transposeInto,
} from './winograd-transforms.js';

/** Floats of tiles that are held at once: 64 MB in all. */
const TILE_FLOATS = 16 * 1024 * 1024;

/**
 * Is a convolution faster by tiles? Stride 1, 3 × 3, and so many channels that the products outweigh the transforms:
 * measured, with its gradients, against the stock kernels. 64 channels take twice the time by tiles, 128 → 256 three
 * quarters of it.
 */
export function fitsWinograd({ kernel, stride, input, output }: ConvGeometry): boolean {
  return (
    kernel[0] === 3 &&
    kernel[1] === 3 &&
    stride[0] === 1 &&
    stride[1] === 1 &&
    Math.min(input[2], output[2]) >= LEAST_CHANNELS &&
    Math.max(input[2], output[2]) >= 2 * LEAST_CHANNELS
  );
}

const LEAST_CHANNELS = 128;

/**
 * A convolution by Winograd's tiles.
 * @param x      [N, H, W, C]
 * @param filter [3, 3, C, F]
 * @returns      [N, H′, W′, F]
 */
export function winogradConvolution(
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  geometry: ConvGeometry,
  backend: BackendWasm,
): tf.TensorInfo {
  const channels = geometry.input[2];
  const filters = geometry.output[2];
  const kernels = tileKernels(filter, channels, filters, backend);
  const { input, output, padBefore } = geometry;
  const result = convolveTiles(x, kernels, false, input, output, padBefore, backend);
  tf.dispose(kernels);
  return result;
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
  geometry: ConvGeometry,
  backend: BackendWasm,
): tf.TensorInfo {
  const channels = geometry.input[2];
  const filters = geometry.output[2];
  const kernels = tileKernels(filter, channels, filters, backend);
  const pad: [number, number] = [2 - geometry.padBefore[0], 2 - geometry.padBefore[1]];
  const result = convolveTiles(dy, kernels, true, geometry.output, geometry.input, pad, backend);
  tf.dispose(kernels);
  return result;
}

function tileKernels(
  filter: tf.TensorInfo,
  channels: number,
  filters: number,
  backend: BackendWasm,
): tf.Tensor2D[] {
  const kernels = newPlanes(backend, channels, filters);
  transformFilter(heapOf(backend, filter), channels * filters, views(backend, kernels));
  return kernels;
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
): tf.TensorInfo {
  const batch = x.shape[0] ?? 1;
  const channels = geometry.input[2];
  const filters = geometry.output[2];
  const grid = tileGrid(geometry.output[0], geometry.output[1]);
  const tiles = grid.rows * grid.columns;
  const images = imagesAtOnce(batch, 16 * tiles * (2 * channels + filters));
  let sums: tf.Tensor2D[] = [];
  for (let n = 0; n < batch; n += images) {
    const count = Math.min(images, batch - n);
    const inputs = newPlanes(backend, count * tiles, channels);
    const slopes = newPlanes(backend, count * tiles, filters);
    const [source, gradients] = [heapOf(backend, x), heapOf(backend, dy)];
    const [inputViews, slopeViews] = [views(backend, inputs), views(backend, slopes)];
    for (let i = 0; i < count; i++) {
      const image = paddedImage(source, n + i, geometry.input, 2 * grid.rows + 2, 2 * grid.columns + 2, geometry.padBefore); // prettier-ignore
      transformInput(image, grid, channels, inputViews, i * tiles);
      const padded = paddedImage(gradients, n + i, geometry.output, 2 * grid.rows, 2 * grid.columns, [0, 0]);
      transformSlopes(padded, grid, filters, slopeViews, i * tiles);
    }
    const across = replaced(inputs, transposed(inputs, count * tiles, channels, backend));
    const products = across.map((plane, k) => tf.matMul<tf.Tensor2D>(plane, slopes[k] ?? plane));
    tf.dispose([...across, ...slopes]);
    const before = sums;
    sums = before.length === 0 ? products : products.map((product, k) => tf.add(before[k] ?? product, product)); // prettier-ignore
    if (before.length > 0) tf.dispose([...before, ...products]);
  }
  const result = newTensor(backend, [3, 3, channels, filters]);
  collectFilterSlopes(views(backend, sums), channels * filters, heapOf(backend, result));
  tf.dispose(sums);
  return result;
}

/**
 * A product of matrices first copies its right side into an order of its own, which costs far more a number than to turn
 * a matrix does. (Nanoseconds a number; only
 * their ratio matters. Packing is derived from one measured product of 49 × 512 × 1024, turning is an estimate.)
 */
const PACK_COST = 13;
const TURN_COST = 2.5;

/**
 * @param kernels 16 × [C, F]
 * @param turned  from F to C with the kernels turned by 180°, for gradients; otherwise from C to F
 */
function convolveTiles(
  x: tf.TensorInfo,
  kernels: readonly tf.Tensor2D[],
  turned: boolean,
  input: ConvGeometry['input'],
  output: ConvGeometry['output'],
  pad: readonly [number, number],
  backend: BackendWasm,
): tf.Tensor {
  const batch = x.shape[0] ?? 1;
  const [height, width, to] = output;
  const from = input[2];
  const grid = tileGrid(height, width);
  const tiles = grid.rows * grid.columns;
  const images = imagesAtOnce(batch, 32 * tiles * (from + to));
  // Either tiles × kernels, or both turned: kernelsᵀ × tilesᵀ. What is smaller had better stand on the right.
  const most = images * tiles;
  const weights = from * to;
  const plainCost = weights * (PACK_COST + (turned ? TURN_COST : 0));
  const acrossCost = most * (from * PACK_COST + (from + to) * TURN_COST) + (turned ? 0 : weights * TURN_COST);
  const across = acrossCost < plainCost;
  const sides = turned === across ? kernels : transposed(kernels, turned ? to : from, turned ? from : to, backend); // prettier-ignore
  const order = turned ? TURNED_PLACES : PLACES;
  const result = newTensor(backend, [batch, height, width, to]);
  for (let n = 0; n < batch; n += images) {
    const count = Math.min(images, batch - n);
    let inputs = newPlanes(backend, count * tiles, from);
    const source = heapOf(backend, x);
    const target = views(backend, inputs);
    for (let i = 0; i < count; i++) {
      const padded = paddedImage(source, n + i, input, 2 * grid.rows + 2, 2 * grid.columns + 2, pad);
      transformInput(padded, grid, from, target, i * tiles);
    }
    if (across) inputs = replaced(inputs, transposed(inputs, count * tiles, from, backend));
    let products = inputs.map((plane, k) => {
      const kernel = sides[order[k] ?? k] ?? plane;
      return across ? tf.matMul<tf.Tensor2D>(kernel, plane) : tf.matMul<tf.Tensor2D>(plane, kernel);
    });
    tf.dispose(inputs);
    if (across) products = replaced(products, transposed(products, to, count * tiles, backend));
    const values = views(backend, products);
    const image = heapOf(backend, result);
    for (let i = 0; i < count; i++)
      transformOutput(values, i * tiles, grid, to, image, (n + i) * height * width * to, height, width);
    tf.dispose(products);
  }
  if (sides !== kernels) tf.dispose([...sides]);
  return result;
}

const PLACES = Array.from({ length: 16 }, (_, k) => k);
/** A kernel turned by 180° has the outer rows and the outer columns of its tile swapped. */
const TURNED_PLACES = PLACES.map((k) => 4 * ([3, 1, 2, 0][k >> 2] ?? 0) + ([3, 1, 2, 0][k & 3] ?? 0));

/** @param planes 16 × [rows, columns] @returns 16 × [columns, rows] */
function transposed(
  planes: readonly tf.Tensor2D[],
  rows: number,
  columns: number,
  backend: BackendWasm,
): tf.Tensor2D[] {
  const results = newPlanes(backend, columns, rows);
  for (const [k, plane] of planes.entries())
    transposeInto(heapOf(backend, plane), rows, columns, heapOf(backend, results[k] ?? plane));
  return results;
}

function replaced<T extends tf.Tensor>(old: readonly T[], next: T[]): T[] {
  tf.dispose([...old]);
  return next;
}

function imagesAtOnce(batch: number, floatsEach: number): number {
  return Math.max(1, Math.min(batch, Math.floor(TILE_FLOATS / floatsEach)));
}

function newPlanes(backend: BackendWasm, rows: number, columns: number): tf.Tensor2D[] {
  return Array.from({ length: 16 }, () => newTensor(backend, [rows, columns]) as tf.Tensor2D);
}

function views(backend: BackendWasm, planes: readonly tf.TensorInfo[]): Float32Array[] {
  return planes.map((plane) => heapOf(backend, plane));
}

let scratch = new Float32Array();

/** An image of a batch with zeros around it; valid until the next call. @returns [rows, columns, C] */
function paddedImage(
  source: Float32Array,
  n: number,
  [height, width, channels]: ConvGeometry['input'],
  rows: number,
  columns: number,
  [top, left]: readonly [number, number],
): Float32Array {
  const size = rows * columns * channels;
  if (scratch.length < size) scratch = new Float32Array(size);
  const image = scratch.subarray(0, size).fill(0);
  for (let y = 0; y < height; y++) {
    const from = (n * height + y) * width * channels;
    const to = ((y + top) * columns + left) * channels;
    image.set(source.subarray(from, from + width * channels), to);
  }
  return image;
}
