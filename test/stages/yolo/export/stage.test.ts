import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { execa } from 'execa';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RandomStream } from '../../../../pipeline/core/seed.js';
import { yoloExportStage } from '../../../../stages/yolo/export/stage.js';
import { parseCfg } from '../../../../stages/lib/darknet/cfg.js';
import { findObjects } from '../../../../stages/lib/darknet/find-objects.js';
import { layoutOf } from '../../../../stages/lib/darknet/layout.js';
import { predictorOf } from '../../../../stages/lib/darknet/network.js';
import { writeWeights } from '../../../../stages/lib/darknet/weights.js';
import { decodeImage } from '../../../../stages/lib/imaging/decode-image.js';
import { useBackend } from '../../../../stages/lib/tensors/backend.js';
import { folderArtifact, runStage, type StageRun } from '../../../support/stage-harness.js';
import { modelHandler } from '../../../support/tfjs-model-files.js';
import { tinyCfg } from '../../../support/tiny-detector.js';
import { unpackArtifact } from '../../../support/unpack-artifact.js';

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
    const missing = await execa('node', ['detect.mjs', 'one.png'], { cwd: folder, reject: false });
    expect([missing.exitCode, missing.stderr]).toEqual([
      2,
      `onnxruntime-node is not installed. In ${folder}: npm install --ignore-scripts`,
    ]);
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
    for (const [words, message] of [
      [['--max', 'x'], '--max takes a whole number from 1 on, not x.'],
      [['--threshold', '2'], '--threshold takes a number from 0 to 1, not 2.'],
      [['--nms', '0.4'], 'There is no picture or folder x.png.'],
      [[], 'node detect.mjs [--threshold'],
    ] as const) {
      const options = { cwd: folder, reject: false };
      const run = await execa(
        'node',
        ['detect.mjs', ...words, ...(words.length > 0 ? ['x.png'] : [])],
        options,
      );
      expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
  }, 30_000);

  it('writes a layers model with the same heads', async () => {
    const folder = await unpacked(await exported({ formats: ['tfjs'] }), 'tfjs-only');
    await useBackend('cpu');
    const [json, weights] = await Promise.all(
      ['model.json', 'weights.bin'].map((name) => readFile(join(folder, 'tfjs', name))),
    );
    if (!json || !weights) throw new Error('no model');
    const model = await tf.loadLayersModel(modelHandler({ 'model.json': json, 'weights.bin': weights }));
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

  it('writes a graph model with the same heads, and what makes boxes of them', async () => {
    const folder = await unpacked(await exported({ formats: ['tfjs-graph'] }), 'graph-only');
    await useBackend('cpu');
    const names = await readdir(join(folder, 'tfjs-graph'));
    const files = await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, 'tfjs-graph', name))] as const),
    );
    const model = await tf.loadGraphModel(modelHandler(Object.fromEntries(files)));
    const x = tf.randomUniform<tf.Rank.R4>([2, 64, 64, 3], 0, 1, 'float32', 4);
    const theirs = model.predict(x) as tf.Tensor[];
    const predictor = predictorOf(cfg, layout, values);
    for (const [index, head] of predictor.predict(x).entries())
      expect(tf.max(tf.abs(tf.sub(head, theirs[index] ?? NaN))).dataSync()[0]).toBeLessThan(1e-4);
    const { heads } = JSON.parse(await readFile(join(folder, 'detector.json'), 'utf8')) as { heads: object };
    expect(heads).toEqual([
      { rows: 8, columns: 8, anchors: [[16, 16], [24, 24]] },
      { rows: 16, columns: 16, anchors: [[6, 6], [10, 10]] },
    ]); // prettier-ignore
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    expect(readme).toContain('tf.loadGraphModel');
    expect(readme).not.toContain('npm install');
  });

  it('leaves a layers model out that cannot be, and says so, unless it is asked for', async () => {
    const odd = join(root, 'odd');
    await mkdir(odd);
    const text = tinyCfg.replace('size=2\nstride=2', 'size=3\nstride=2');
    await writeFile(join(odd, 'model.cfg'), text);
    await writeFile(join(odd, 'model.weights'), writeWeights({ values, seen: 0 }, layout));
    await writeFile(join(odd, 'detector.json'), JSON.stringify({ classes: ['red', 'blue'] }));
    const inputs = { detector: await folderArtifact('detector', odd) };
    const run = await runStage(yoloExportStage, { params: {}, inputs });
    const message = 'Layer 1 is a pooling of 3 with a stride of 2 and a padding of 2, which a TensorFlow.js layers model cannot be made of.'; // prettier-ignore
    expect(run.warnings).toEqual([`${message} It is left out.`]);
    const names: string[] = [];
    for await (const { path } of run.outputs['files']?.files() ?? []) names.push(path);
    expect(names.filter((name) => name.includes('/'))).toEqual([
      'tfjs-graph/group1-shard1of1.bin',
      'tfjs-graph/model.json',
    ]);
    const asked = runStage(yoloExportStage, { params: { formats: ['tfjs'] }, inputs });
    await expect(asked).rejects.toThrow(message);
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

  it('has a README whose script runs as it stands, whatever was written', async () => {
    const all = await (await exported()).outputs['files']?.readText('README.md');
    expect(all).toContain(
      "const model = await tf.loadGraphModel('…/tfjs-graph/model.json'); // or tf.loadLayersModel('…/tfjs/model.json')\n",
    );
    expect(all?.match(/const model/g)).toHaveLength(1);
    const layers = await (await exported({ formats: ['tfjs'] })).outputs['files']?.readText('README.md');
    expect(layers).toContain("const model = await tf.loadLayersModel('…/tfjs/model.json');\n");
  });

  it('gives the same bytes again', async () => {
    expect((await exported()).outputs['files']?.digest).toBe((await exported()).outputs['files']?.digest);
  });
});
