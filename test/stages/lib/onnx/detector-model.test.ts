import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as ort from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../pipeline/core/seed.js';
import { parseCfg } from '../../../../stages/lib/darknet/cfg.js';
import { decodeHeads } from '../../../../stages/lib/darknet/decode.js';
import { layoutOf } from '../../../../stages/lib/darknet/layout.js';
import { predictorOf } from '../../../../stages/lib/darknet/network.js';
import { readWeights } from '../../../../stages/lib/darknet/weights.js';
import { nonMaximumSuppression } from '../../../../stages/lib/metrics/nms.js';
import { detectorModel, type DetectorModelOptions } from '../../../../stages/lib/onnx/detector-model.js';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';
import { tinyCfg } from '../../../support/tiny-detector.js';

const golden = resolve(import.meta.dirname, '../../../../../shared/golden/darknet');
const options: DetectorModelOptions = {
  outputs: 'heads',
  threshold: 0.2,
  nmsIou: 0.45,
  maxDetections: 100,
  version: 'test',
  metadata: { classes: 'red,blue' },
};

/** The tiny network with weights by chance, variances above zero. */
function tinyNetwork() {
  const cfg = parseCfg(tinyCfg, 'tiny.cfg');
  const layout = layoutOf(cfg);
  const random = new RandomStream(3, 'weights');
  const values = new Float32Array(layout.length);
  for (const { role, offset, length } of layout.segments)
    for (let i = offset; i < offset + length; i++)
      values[i] = role === 'variance' || role === 'gamma' ? 0.5 + random.next() : random.normal(0, 0.06);
  return { cfg, layout, values };
}

function picture(size: number, seed: number): Float32Array {
  const random = new RandomStream(seed, 'picture');
  return Float32Array.from({ length: 3 * size * size }, () => random.next());
}

async function run(model: Uint8Array, images: Float32Array, shape: number[]) {
  const session = await ort.InferenceSession.create(model);
  return session.run({ images: new ort.Tensor('float32', images, shape) });
}

describe('a detector as an ONNX model', () => {
  it('gives boxes and scores that are those of its own heads, decoded', async () => {
    const { cfg, layout, values } = tinyNetwork();
    const images = picture(64, 1);
    const raw = await run(detectorModel(cfg, layout, values, options), images, [1, 3, 64, 64]);
    const decoded = await run(detectorModel(cfg, layout, values, { ...options, outputs: 'boxes' }), images, [1, 3, 64, 64]); // prettier-ignore
    const [heads, grids] = [[] as Float32Array[], [] as { rows: number; columns: number }[]];
    for (const name of ['head0', 'head1']) {
      const { data, dims } = raw[name] as ort.Tensor;
      const [, channels = 0, rows = 0, columns = 0] = dims;
      const nhwc = new Float32Array(data.length);
      for (let c = 0; c < channels; c++)
        for (let place = 0; place < rows * columns; place++)
          nhwc[place * channels + c] = (data as Float32Array)[c * rows * columns + place] as number;
      heads.push(nhwc);
      grids.push({ rows, columns });
    }
    const ours = decodeHeads(cfg, heads, grids, 0.2);
    const [boxes, scores] = [decoded['boxes'] as ort.Tensor, decoded['scores'] as ort.Tensor];
    expect(boxes.dims).toEqual([1, 2 * (8 * 8 + 16 * 16), 4]);
    const theirs: string[] = [];
    for (let n = 0; n < (boxes.dims[1] ?? 0); n++)
      for (let k = 0; k < 2; k++) {
        const score = (scores.data as Float32Array)[2 * n + k] as number;
        if (score > 0.2) theirs.push(line(k, score, (boxes.data as Float32Array).subarray(4 * n, 4 * n + 4)));
      }
    const wanted = Array.from(ours.scores, (score, i) => line(ours.classes[i] ?? 0, score, ours.boxes.subarray(4 * i, 4 * i + 4))); // prettier-ignore
    expect(wanted.length).toBeGreaterThan(20);
    expect(theirs.sort()).toEqual(wanted.sort());
  });

  it('suppresses the boxes that our own suppression drops', async () => {
    const { cfg, layout, values } = tinyNetwork();
    const model = detectorModel(cfg, layout, values, {
      ...options,
      outputs: 'suppressed',
      maxDetections: 10_000,
    });
    const out = await run(model, picture(64, 2), [1, 3, 64, 64]);
    const [boxes, scores, selected] = ['boxes', 'scores', 'selected'].map((name) => out[name] as ort.Tensor);
    const all = { boxes: [] as number[], scores: [] as number[], classes: [] as number[] };
    for (let n = 0; n < (boxes?.dims[1] ?? 0); n++)
      for (let k = 0; k < 2; k++) {
        const score = (scores?.data as Float32Array)[2 * n + k] as number;
        if (score <= 0.2) continue;
        all.boxes.push(...(boxes?.data as Float32Array).subarray(4 * n, 4 * n + 4));
        all.scores.push(score);
        all.classes.push(k);
      }
    const kept = nonMaximumSuppression(
      {
        boxes: Float32Array.from(all.boxes),
        scores: Float32Array.from(all.scores),
        classes: Int32Array.from(all.classes),
      },
      0.45,
    );
    expect(kept.length).toBeGreaterThan(3);
    expect(kept.length).toBeLessThan(all.scores.length);
    expect(selected?.dims).toEqual([kept.length, 3]);
  });

  it('takes several images at once', async () => {
    const { cfg, layout, values } = tinyNetwork();
    const model = detectorModel(cfg, layout, values, { ...options, outputs: 'boxes' });
    const [one, two] = [picture(64, 5), picture(64, 6)];
    const both = await run(model, Float32Array.of(...one, ...two), [2, 3, 64, 64]);
    const alone = await run(model, two, [1, 3, 64, 64]);
    const half = (both['scores']?.data as Float32Array).length / 2;
    const second = (both['scores']?.data as Float32Array).subarray(half);
    for (const [index, score] of second.entries())
      expect(score).toBeCloseTo((alone['scores']?.data as Float32Array)[index] as number, 5);
  });
});

/** A network with every layer and activation that Darknet's first networks do not have. */
const manyLayersCfg = [
  '[net]\nwidth=32\nheight=32\nchannels=3\n',
  '[convolutional]\nbatch_normalize=1\nfilters=8\nsize=3\nstride=2\npad=1\nactivation=hard_swish\n',
  '[convolutional]\nbatch_normalize=1\nfilters=8\ngroups=8\nsize=3\nstride=1\npad=1\nactivation=relu6\n',
  '[avgpool]\n',
  '[convolutional]\nfilters=8\nsize=1\nstride=1\nactivation=logistic\n',
  '[scale_channels]\nfrom=-3\nactivation=linear\n',
  '[convolutional]\nfilters=8\nsize=1\nstride=1\nactivation=mish\n',
  '[convolutional]\nfilters=8\nsize=1\nstride=1\nactivation=swish\n',
  '[convolutional]\nfilters=8\nsize=1\nstride=1\nactivation=relu\n',
  '[convolutional]\nsize=1\nstride=1\nfilters=14\nactivation=linear\n',
  '[yolo]\nmask=0,1\nanchors=6,6, 10,10\nclasses=2\nnum=2\nignore_thresh=.7\n',
].join('\n');

it('has the heads that TensorFlow.js computes, whatever the layers', async () => {
  await useBackend('cpu');
  const cfg = parseCfg(manyLayersCfg, 'many.cfg');
  const layout = layoutOf(cfg);
  const random = new RandomStream(4, 'weights');
  const values = new Float32Array(layout.length);
  for (const { role, offset, length } of layout.segments)
    for (let i = offset; i < offset + length; i++)
      values[i] = role === 'variance' || role === 'gamma' ? 0.5 + random.next() : random.normal(0, 0.5);
  const planes = picture(32, 9);
  const out = await run(detectorModel(cfg, layout, values, options), planes, [1, 3, 32, 32]);
  const predictor = predictorOf(cfg, layout, values);
  const x = tf.tidy(() => tf.tensor4d(planes, [1, 3, 32, 32]).transpose<tf.Tensor4D>([0, 2, 3, 1]));
  const [head] = predictor.predict(x);
  const wanted = await head?.transpose([0, 3, 1, 2]).data();
  expect(wanted?.length).toBe(14 * 16 * 16);
  for (const [index, value] of (out['head0']?.data as Float32Array).entries())
    expect(Math.abs(value - (wanted?.[index] ?? NaN))).toBeLessThan(1e-4);
  predictor.dispose();
});

describe.skipIf(!existsSync(join(golden, 'mini.cfg')))(
  'an exported model against darknet itself (skipped where ../shared/golden/darknet is missing)',
  () => {
    it('has the reference heads to 1e-3', async () => {
      const cfg = parseCfg(await readFile(join(golden, 'mini.cfg'), 'utf8'), 'mini.cfg');
      const layout = layoutOf(cfg);
      const { values } = readWeights(await readFile(join(golden, 'mini.weights')), layout, 'mini.weights');
      const out = await run(
        detectorModel(cfg, layout, values, options),
        floats(await readFile(join(golden, 'mini.input.f32'))),
        [1, 3, 160, 224],
      );
      const wanted = floats(await readFile(join(golden, 'mini.heads.f32')));
      let [at, worst] = [0, 0];
      for (const name of Object.keys(out).sort())
        for (const value of out[name]?.data as Float32Array)
          worst = Math.max(worst, Math.abs(value - (wanted[at++] ?? NaN)));
      expect(at).toBe(wanted.length);
      expect(worst).toBeLessThan(1e-3);
    });
  },
);

function line(k: number, score: number, box: Float32Array): string {
  return [k, score.toFixed(3), ...Array.from(box, (side) => side.toFixed(1).replace('-0.0', '0.0'))].join(
    ' ',
  );
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
