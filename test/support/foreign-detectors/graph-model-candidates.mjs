// What a graph model of TensorFlow.js finds, with nothing of ours: stock packages, and the sums that the README beside the
// model gives. FOLDER THRESHOLD IMAGE… → { image: [[class, score, xmin, ymin, xmax, ymax], …] }, not suppressed.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import sharp from 'sharp';

const [folder = '', threshold, ...images] = process.argv.slice(2);
/** @typedef {{ rows: number, columns: number, anchors: [number, number][] }} Head */
/** @typedef {{ classes: string[], width: number, height: number, heads: Head[] }} Detector */
const detector = await readJson(join(folder, 'detector.json'));
const { classes, width, height, heads } = /** @type {Detector} */ (detector);
setWasmPaths(`${dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'))}/`);
await tf.setBackend('wasm');

const modelFolder = join(folder, 'tfjs-graph');
const json = /** @type {tf.io.ModelJSON} */ (await readJson(join(modelFolder, 'model.json')));
const model = await tf.loadGraphModel({
  load: () =>
    tf.io.getModelArtifactsForJSON(json, async (manifest) => {
      const names = manifest.flatMap(({ paths }) => paths);
      const parts = await Promise.all(names.map((name) => readFile(join(modelFolder, name))));
      return [manifest.flatMap(({ weights }) => weights), Uint8Array.from(Buffer.concat(parts)).buffer];
    }),
});
/**
 * @param {string} path
 * @returns {Promise<unknown>}
 */
async function readJson(path) {
  /** @type {unknown} */
  const value = JSON.parse(await readFile(path, 'utf8'));
  return value;
}

/** @param {number} x */
const sigmoid = (x) => 1 / (1 + Math.exp(-x));

/** @param {tf.Tensor[]} outputs */
function candidates(outputs) {
  const found = [];
  for (const [n, { rows, columns, anchors }] of heads.entries()) {
    const raw = outputs[n]?.dataSync() ?? new Float32Array(); // [1, rows, columns, anchors · (5 + classes)]
    let at = 0;
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (const [anchorWidth, anchorHeight] of anchors) {
          const [x = 0, y = 0, w = 0, h = 0, objectness = 0, ...scores] = raw.subarray(
            at,
            at + 5 + classes.length,
          );
          at += 5 + classes.length;
          const [cx, cy] = [((column + sigmoid(x)) / columns) * width, ((row + sigmoid(y)) / rows) * height];
          const [halfWidth, halfHeight] = [(Math.exp(w) * anchorWidth) / 2, (Math.exp(h) * anchorHeight) / 2];
          for (const [k, value] of scores.entries()) {
            const score = sigmoid(objectness) * sigmoid(value);
            if (score > Number(threshold))
              found.push([k, score, cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight]);
          }
        }
  }
  return found;
}

/** @type {Record<string, number[][]>} */
const all = {};
for (const path of images) {
  const { data } = await sharp(path, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
  const input = tf.tensor4d(
    Float32Array.from(data, (value) => value / 255),
    [1, height, width, 3],
  );
  const outputs = /** @type {tf.Tensor[]} */ ([model.predict(input)].flat());
  all[basename(path)] = candidates(outputs);
  tf.dispose([input, ...outputs]);
}
process.stdout.write(JSON.stringify(all));
