import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { execa } from 'execa';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../../../pipeline/core/seed.js';
import { yoloExportStage } from '../../../stages/yolo/export/stage.js';
import { parseCfg } from '../../../stages/lib/darknet/cfg.js';
import { findObjects } from '../../../stages/lib/darknet/find-objects.js';
import { layoutOf } from '../../../stages/lib/darknet/layout.js';
import { predictorOf } from '../../../stages/lib/darknet/network.js';
import { writeWeights } from '../../../stages/lib/darknet/weights.js';
import { decodeImage } from '../../../stages/lib/imaging/decode-image.js';
import { useBackend } from '../../../stages/lib/tensors/backend.js';
import { folderArtifact, runStage, type StageRun } from '../../support/stage-harness.js';
import { tinyCfg } from '../../support/tiny-detector.js';
import { unpackArtifact } from '../../support/unpack-artifact.js';

interface Detection {
  readonly image: string;
  readonly class: number;
  readonly name: string;
  readonly score: number;
  readonly box: [number, number, number, number];
}

describe('the yolo/export stage', () => {
  const cfg = parseCfg(tinyCfg, 'tiny.cfg');
  const layout = layoutOf(cfg);
  const values = new Float32Array(layout.length);
  let root = '';
  let detector = '';

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-export-'));
    detector = join(root, 'detector');
    await mkdir(detector);
    const random = new RandomStream(5, 'weights');
    for (const { role, offset, length } of layout.segments)
      for (let i = offset; i < offset + length; i++)
        values[i] = role === 'variance' || role === 'gamma' ? 0.5 + random.next() : random.normal(0, 0.06);
    await writeFile(join(detector, 'model.cfg'), tinyCfg);
    await writeFile(join(detector, 'model.weights'), writeWeights({ values, seen: 0 }, layout));
    await writeFile(join(detector, 'detector.json'), JSON.stringify({ classes: ['red', 'blue'] }));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  async function exported(params: Record<string, string[]> = {}): Promise<StageRun> {
    return runStage(yoloExportStage, {
      params,
      inputs: { detector: await folderArtifact('detector', detector) },
    });
  }

  /** The artifact's files as a folder of their own. */
  async function unpacked(run: StageRun, name: string): Promise<string> {
    const folder = join(root, name);
    const files = run.outputs['files'];
    if (files) await unpackArtifact(files, folder);
    return folder;
  }

  it('makes a folder whose detect.mjs finds what we find, with onnxruntime-node alone', async () => {
    const folder = await unpacked(await exported({ formats: ['onnx'] }), 'outside');
    // As `npm install` in the folder leaves it.
    await mkdir(join(folder, 'node_modules'));
    for (const name of ['onnxruntime-node', 'onnxruntime-common'])
      await symlink(resolve('node_modules', name), join(folder, 'node_modules', name));
    const noise = (seed: number): Buffer => {
      const random = new RandomStream(seed, 'picture');
      return Buffer.from(Array.from({ length: 48 * 40 * 3 }, () => random.integer(0, 255)));
    };
    const raw = { width: 48, height: 40, channels: 3 as const };
    await sharp(noise(1), { raw }).png().toFile(join(root, 'one.png'));
    await sharp(noise(2), { raw })
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .toFile(join(root, 'two.jpg'));
    const run = await execa(
      'node',
      ['detect.mjs', '--threshold', '0.2', join(root, 'one.png'), join(root, 'two.jpg')],
      {
        cwd: folder,
      },
    );
    const theirs = JSON.parse(run.stdout) as Detection[];
    await useBackend('wasm');
    const predictor = predictorOf(cfg, layout, values);
    for (const [name, tolerance] of [
      ['one.png', 1e-4],
      ['two.jpg', 5e-3],
    ] as const) {
      const image = await decodeImage(join(root, name), name);
      const [ours = []] = await findObjects(predictor, [image], {
        threshold: 0.2,
        nmsIou: 0.45,
        maxDetections: 100,
      });
      const found = theirs.filter(({ image: file }) => file === name);
      expect(ours.length).toBeGreaterThan(5);
      if (tolerance > 1e-4) {
        // Decoders of JPEG differ in the last bit.
        expect(Math.abs(found.length - ours.length)).toBeLessThanOrEqual(0.1 * ours.length);
        continue;
      }
      expect(found.map((one) => one.class)).toEqual(ours.map((one) => one.classIndex));
      for (const [index, one] of ours.entries()) {
        expect(Math.abs((found[index]?.score ?? NaN) - one.score)).toBeLessThan(tolerance);
        for (const [side, value] of one.box.entries())
          expect(Math.abs((found[index]?.box[side] ?? NaN) - value)).toBeLessThan(1e-2);
      }
    }
    predictor.dispose();
    expect(theirs[0]?.name).toMatch(/^(red|blue)$/);

    const broken = await execa('node', ['detect.mjs', join(folder, 'README.md')], {
      cwd: folder,
      reject: false,
    });
    expect(broken.exitCode).toBe(1);
    expect(broken.stderr).toContain('neither a JPEG nor a PNG');
  }, 30_000);

  it('writes a layers model with the same heads', async () => {
    const folder = await unpacked(await exported({ formats: ['tfjs'] }), 'tfjs-only');
    await useBackend('cpu');
    const { readFile } = await import('node:fs/promises');
    const json = JSON.parse(await readFile(join(folder, 'tfjs/model.json'), 'utf8')) as {
      modelTopology: object;
      weightsManifest: [{ weights: tf.io.WeightsManifestEntry[] }];
    };
    const bytes = await readFile(join(folder, 'tfjs/weights.bin'));
    const model = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
      }),
    );
    const x = tf.randomUniform<tf.Rank.R4>([1, 64, 64, 3], 0, 1, 'float32', 4);
    const theirs = model.predict(x) as tf.Tensor[];
    const predictor = predictorOf(cfg, layout, values);
    const ours = predictor.predict(x);
    expect(theirs.map(({ shape }) => shape)).toEqual(ours.map(({ shape }) => shape));
    for (const [index, head] of ours.entries()) {
      const far = tf.max(tf.abs(tf.sub(head, theirs[index] ?? head))).dataSync()[0] ?? NaN;
      expect(far).toBeLessThan(1e-4);
    }
  });

  it('hands on cfg and weights for Darknet, with the names', async () => {
    const run = await exported({ formats: ['darknet'] });
    const names: string[] = [];
    for await (const { path } of run.outputs['files']?.files() ?? []) names.push(path);
    expect(names).toEqual([
      'README.md',
      'detector.json',
      'model.cfg',
      'model.data',
      'model.names',
      'model.weights',
    ]);
    expect(await run.outputs['files']?.readText('model.names')).toBe('red\nblue\n');
  });

  it('gives the same bytes again', async () => {
    expect((await exported()).outputs['files']?.digest).toBe((await exported()).outputs['files']?.digest);
  });
});
