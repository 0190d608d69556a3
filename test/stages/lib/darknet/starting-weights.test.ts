import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import h5wasm from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCfg } from '../../../../stages/lib/darknet/cfg.js';
import { initialWeights } from '../../../../stages/lib/darknet/initial-weights.js';
import { layoutOf, type ParameterSegment } from '../../../../stages/lib/darknet/layout.js';
import { readStartingWeights } from '../../../../stages/lib/darknet/starting-weights.js';
import { writeWeights } from '../../../../stages/lib/darknet/weights.js';
import { tinyCfg } from '../../../support/tiny-detector.js';

const cfg = parseCfg(tinyCfg, 'tiny.cfg');
const layout = layoutOf(cfg);
const wanted = initialWeights(cfg, layout, 9).map((value, i) => value + (i % 7) * 0.01);
const layers = [...new Set(layout.fileOrder.map(({ layer }) => layer))];
const ofLayer = (layer: number): ParameterSegment[] => layout.fileOrder.filter((s) => s.layer === layer);
const valuesOf = ({ offset, length }: ParameterSegment): Float32Array =>
  wanted.slice(offset, offset + length);

/** [k, k, C, F] as [F, C, k, k]. */
function toOihw(values: Float32Array, [h = 0, w = 0, c = 0, f = 0]: readonly number[]): Float32Array {
  const result = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const [out, input, place] = [i % f, Math.floor(i / f) % c, Math.floor(i / f / c)];
    result[(out * c + input) * h * w + place] = values[i] ?? 0;
  }
  return result;
}

function safetensors(tensors: readonly { name: string; shape: number[]; values: Float32Array }[]): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let at = 0;
  for (const { name, shape, values } of tensors)
    header[name] = { dtype: 'F32', shape, data_offsets: [at, (at += 4 * values.length)] };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...tensors.map(({ values }) => Buffer.from(values.buffer))]);
}

function torchTensors(): { name: string; shape: number[]; values: Float32Array }[] {
  const names = { beta: 'bias', gamma: 'weight', mean: 'running_mean', variance: 'running_var' };
  return layers.flatMap((layer, i) =>
    ofLayer(layer).map((segment) => {
      const values = valuesOf(segment);
      if (segment.role === 'kernel') {
        const [h = 0, w = 0, c = 0, f = 0] = segment.shape;
        return { name: `net.${i}.conv.weight`, shape: [f, c, h, w], values: toOihw(values, segment.shape) };
      }
      const part = ofLayer(layer).length === 2 ? 'conv' : 'bn';
      const shifted = segment.role === 'variance' ? values.map((v) => v - 1e-5 + 1e-6) : values;
      return { name: `net.${i}.${part}.${names[segment.role]}`, shape: [...segment.shape], values: shifted };
    }),
  );
}

describe('weights to start from', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weights-test-'));
    await h5wasm.ready;
  });
  afterAll(() => rm(folder, { recursive: true }));

  const read = async (name: string) => {
    const values = new Float32Array(layout.length);
    const result = await readStartingWeights(join(folder, name), name, cfg, layout, values);
    return { ...result, values };
  };
  const expectAll = (values: Float32Array): void => {
    const worst = Math.max(...values.map((value, i) => Math.abs(value - (wanted[i] ?? NaN))));
    expect(worst).toBeLessThan(1e-6);
  };

  it('are read from Darknet’s own files', async () => {
    await writeFile(join(folder, 'a.weights'), writeWeights({ values: wanted, seen: 1 }, layout));
    const { taken, format, values } = await read('a.weights');
    expect([taken, format]).toEqual([layers.length, 'Darknet']);
    expectAll(values);
  });

  it('are read from a PyTorch state dict, whatever the order of its names', async () => {
    await writeFile(join(folder, 'a.safetensors'), safetensors(torchTensors().reverse()));
    const { taken, format, values } = await read('a.safetensors');
    expect([taken, format]).toEqual([layers.length, 'PyTorch']);
    expectAll(values);
  });

  it('are read from what Keras saved, the first layers without a number included', async () => {
    const file = new h5wasm.File(join(folder, 'a.h5'), 'w');
    const root = file.create_group('model_weights');
    const counts = { conv2d: 0, batch_normalization: 0 };
    const groupFor = (kind: keyof typeof counts) => {
      const number = counts[kind]++;
      const name = number === 0 ? kind : `${kind}_${number}`;
      return root.create_group(name).create_group(name);
    };
    for (const layer of layers) {
      const convolution = groupFor('conv2d');
      const normalisation = ofLayer(layer).length === 2 ? undefined : groupFor('batch_normalization');
      for (const segment of ofLayer(layer)) {
        const names = { kernel: 'kernel:0', beta: normalisation ? 'beta:0' : 'bias:0', gamma: 'gamma:0', mean: 'moving_mean:0', variance: 'moving_variance:0' }; // prettier-ignore
        const data = valuesOf(segment).map((v) => (segment.role === 'variance' ? v - 1e-3 + 1e-6 : v));
        const target = segment.role === 'kernel' || !normalisation ? convolution : normalisation;
        target.create_dataset({ name: names[segment.role], data, shape: [...segment.shape] });
      }
    }
    file.close();
    const { taken, format, values } = await read('a.h5');
    expect([taken, format]).toEqual([layers.length, 'Keras']);
    expectAll(values);
  });

  it('leave heads of other classes out by name, and refuse any other shape that differs', async () => {
    const last = layers.length - 1;
    const other = (index: number) =>
      torchTensors().map((tensor) => (tensor.name === `net.${index}.conv.weight` ? { ...tensor, shape: [21, tensor.shape[1] ?? 0, 1, 1], values: new Float32Array(21 * (tensor.shape[1] ?? 0)) } : tensor)); // prettier-ignore
    await writeFile(join(folder, 'b.safetensors'), safetensors(other(last)));
    expect(await read('b.safetensors')).toMatchObject({ taken: last, leftOut: [`net.${last}.conv.weight`] });
    await writeFile(join(folder, 'c.safetensors'), safetensors(other(1)));
    await expect(read('c.safetensors')).rejects.toThrow(/net\.1\.conv\.weight is 1 × 1 × 8 × 21, layer 2 of the cfg needs 3 × 3 × 8 × 16/); // prettier-ignore
  });

  it('that are cut off are refused', async () => {
    const whole = safetensors(torchTensors());
    await writeFile(join(folder, 'd.safetensors'), whole.subarray(0, whole.length - 10));
    await expect(read('d.safetensors')).rejects.toThrow('the file has');
  });
});
