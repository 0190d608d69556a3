import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { z } from 'zod';
import { productRoot } from '../../../pipeline/core/product-root.js';
import type { Domain } from '../../../stages/cyclegan/domain.js';
import { initialModel, modelOf, networkOf } from '../../../stages/cyclegan/model.js';
import { cycleGanParams } from '../../../stages/cyclegan/params.js';
import { trainGan } from '../../../stages/cyclegan/train.js';
import { tensorRunner } from '../../../stages/cyclegan/translate/generator-runner.js';
import { onnxRunner } from '../../../stages/cyclegan/translate/onnx-runner.js';
import { mostPixelsWithin, Translator } from '../../../stages/cyclegan/translate/translator.js';
import { translateParams } from '../../../stages/cyclegan/translate/params.js';
import { useBackend } from '../../../stages/lib/tensors/backend.js';
import { median, seconds, type Bench } from '../bench.js';

const crop = 128;
const width = 32;
const blocks = 6;
const steps = 4;
const frameSide = 416;
const script = join(productRoot(), 'test/bench/adaptation/pytorch.py');
const timesSchema = z.object({ version: z.string(), seconds: z.array(z.number()) });

/** A step of a CycleGAN at 128 × 128 beside PyTorch's on the same cores, and the translation of whole frames. */
export const adaptation: Bench = {
  name: 'adaptation',
  measure: async (folder) => {
    const theirs = await pytorchStep();
    const ours = await ownStep(folder);
    const frame = await translation('tfjs');
    const onnxFrame = await translation('onnx');
    return [
      {
        what: `a step of a CycleGAN, ${crop} × ${crop}, width ${width}, ${blocks} blocks`,
        measured:
          theirs === undefined
            ? `${seconds(ours)}; PyTorch is not installed: apt-get install python3-torch`
            : `${seconds(ours)}, ${(ours / theirs).toFixed(1)} × PyTorch’s ${seconds(theirs)}`,
        bar: '≤ 3 ×',
        met: theirs === undefined ? undefined : ours <= 3 * theirs,
      },
      {
        what: `translating ${frameSide} × ${frameSide} with that network`,
        measured: `${(1 / frame).toFixed(2)} images/s`,
        bar: '≥ .5 images/s',
        met: 1 / frame >= 0.5,
      },
      {
        what: 'the same, ONNX Runtime',
        measured: `${(1 / onnxFrame).toFixed(2)} images/s`,
        bar: '–',
        met: undefined,
      },
    ];
  },
};

/** Seconds of a step by the stage's own training on two workers, without the first. */
async function ownStep(folder: string): Promise<number> {
  const params = cycleGanParams.parse({
    ...{ crop, width, judgeWidth: width, blocks, backend: 'wasm' },
    ...{ picturesAnEpoch: steps, epochs: { constant: 1, falling: 0 }, sampleEvery: 1000 },
  });
  const ends: number[] = [];
  await mkdir(join(folder, 'work'));
  await trainGan({
    ...{ params, seed: 1, workers: 2, workDirectory: join(folder, 'work') },
    source: await noise(folder, 'source'),
    target: await noise(folder, 'target'),
    signal: new AbortController().signal,
    log: () => undefined,
    onStep: () => void ends.push(performance.now()),
  });
  return median(ends.slice(1).map((end, n) => (end - (ends[n] ?? end)) / 1000));
}

async function noise(folder: string, name: string): Promise<Domain> {
  const images = [];
  for (let n = 0; n < 4; n++) {
    const path = join(folder, `${name}-${n}.png`);
    await sharp(pixels(160, n), { raw: { width: 160, height: 160, channels: 3 } }).toFile(path);
    images.push({ id: `${n}`, path, width: 160, height: 160, boxes: [] });
  }
  return { name, images, convertedCount: 0 };
}

/** Seconds of a frame, as cyclegan/translate makes it. */
async function translation(runtime: 'tfjs' | 'onnx'): Promise<number> {
  await useBackend('wasm');
  const model = modelOf({ mode: 'cyclegan', width, judgeWidth: width, blocks });
  const { offset } = networkOf(model, 'forward');
  const most = mostPixelsWithin(translateParams.parse({}).memoryMb, model.generator);
  const values = initialModel(model, 1).slice(offset);
  const runner = await (runtime === 'onnx' ? onnxRunner : tensorRunner)(model.generator, values);
  const translator = new Translator(runner, most);
  const image = { width: frameSide, height: frameSide, originalWidth: frameSide, originalHeight: frameSide, data: pixels(frameSide, 1) }; // prettier-ignore
  const times: number[] = [];
  for (let n = 0; n < 4; n++) {
    const began = performance.now();
    await translator.translate(image);
    times.push((performance.now() - began) / 1000);
  }
  await translator.dispose();
  return median(times.slice(1));
}

function pixels(side: number, n: number): Uint8Array {
  return Uint8Array.from({ length: side * side * 3 }, (_, i) => (i * 7919 + n) % 251);
}

/** Seconds of a step by PyTorch on this machine; undefined where it is not installed. */
async function pytorchStep(): Promise<number | undefined> {
  const words = [crop, width, blocks, steps].map(String);
  const { exitCode, stdout, stderr } = await execa('/usr/bin/python3', [script, ...words], { reject: false });
  if (exitCode !== 0 && (stderr?.includes('ModuleNotFoundError') ?? true)) return undefined;
  if (exitCode !== 0) throw new Error(`${script} failed: ${stderr ?? ''}`);
  return median(timesSchema.parse(JSON.parse(stdout ?? '')).seconds);
}
