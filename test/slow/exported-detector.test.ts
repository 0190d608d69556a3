import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa, execaSync } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../pipeline/core/json.js';
import { loadFinder } from '../../stages/lib/darknet/finder.js';
import type { BoxXyxyPx } from '../../stages/lib/dataset/record.js';
import { decodeImage } from '../../stages/lib/imaging/decode-image.js';
import { clipBox } from '../../stages/lib/imaging/letterbox.js';
import { nonMaximumSuppression } from '../../stages/lib/metrics/nms.js';
import { yoloExportStage } from '../../stages/yolo/export/stage.js';
import { folderArtifact, runStage } from '../support/stage-harness.js';
import { unpackArtifact } from '../support/unpack-artifact.js';

const golden = resolve(import.meta.dirname, '../../../shared/golden/darknet');
const scripts = resolve(import.meta.dirname, '../support/foreign-detectors');
/** Debian's own, which sees Debian's packages. */
const python = '/usr/bin/python3';
const has = (file: string, ...args: string[]): boolean =>
  execaSync(file, args, { reject: false }).exitCode === 0;
const skipped = (there: boolean, what: string): string => (there ? '' : ` (skipped: ${what} is missing)`);

const hasGolden = existsSync(golden);
const hasOnnx = has(python, '-c', 'import onnx');
const hasOpenCv = has(python, '-c', 'import cv2');
const hasDarknet = execaSync('darknet', [], { reject: false }).code !== 'ENOENT';

const options = { threshold: 0.25, nmsIou: 0.45, maxDetections: 10_000 };
/** Of the images and of the network: nothing is resized, so only the networks differ. */
const size = { width: 224, height: 160 };

interface Found {
  readonly class: number;
  readonly score: number;
  readonly box: BoxXyxyPx;
}

/** A detector with every kind of layer of yolov3 and yolov3-tiny, exported, in the programs that it is exported for. */
describe.skipIf(!hasGolden)(`an exported detector${skipped(hasGolden, golden)}`, () => {
  let root = '';
  let folder = '';
  let images: string[] = [];
  const ours = new Map<string, readonly Found[]>();

  const exported = async (params: JsonObject, name: string): Promise<string> => {
    const detector = await folderArtifact('detector', join(root, 'detector'));
    const { outputs } = await runStage(yoloExportStage, { params, inputs: { detector } });
    const target = join(root, name);
    if (outputs['files']) await unpackArtifact(outputs['files'], target);
    return target;
  };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'darkroom-exported-'));
    const [cfg, weights, names] = await Promise.all(
      ['mini.cfg', 'mini.weights', 'mini.names'].map((name) => readFile(join(golden, name))),
    );
    if (!cfg || !weights || !names) throw new Error('no detector');
    const classes = names.toString('utf8').trim().split('\n');
    await mkdir(join(root, 'detector'));
    await writeFile(join(root, 'detector/model.cfg'), cfg);
    await writeFile(join(root, 'detector/model.weights'), weights);
    await writeFile(join(root, 'detector/detector.json'), JSON.stringify({ classes }));
    folder = await exported({}, 'exported');
    images = (await readdir(join(golden, 'images'))).sort().map((name) => join(golden, 'images', name));

    const finder = await loadFinder(
      {
        cfg: { text: cfg.toString('utf8'), name: 'mini.cfg' },
        weights: { bytes: weights, name: 'mini.weights' },
        classes,
      },
      { name: 'tfjs', backend: 'wasm' },
    );
    for (const path of images) {
      const image = await decodeImage(path, path);
      expect(image).toMatchObject(size);
      const [found = []] = await finder.find([image], options);
      ours.set(nameOf(path), found.map(({ classIndex, score, box }) => ({ class: classIndex, score, box }))); // prettier-ignore
    }
    await finder.dispose();
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** @param scoreError and boxError: how far apart a score, and an edge in shares of the image's side, may be */
  function expectSame(
    theirs: ReadonlyMap<string, readonly Found[]>,
    { scoreError, boxError }: { readonly scoreError: number; readonly boxError: number },
    seen: (box: BoxXyxyPx) => BoxXyxyPx = (box) => box,
  ): void {
    expect([...ours.values()].flat().length).toBeGreaterThan(20);
    for (const [name, found] of ours) {
      const left = [...(theirs.get(name) ?? [])];
      expect(left.length, name).toBe(found.length);
      for (const one of found) {
        const apart = (other: Found): number =>
          Math.max(...seen(one.box).map((edge, n) => Math.abs(edge - (other.box[n] ?? NaN)))) / size.width;
        const at = left.findIndex(
          (other) =>
            other.class === one.class &&
            Math.abs(other.score - one.score) <= scoreError &&
            apart(other) <= boxError,
        );
        expect(at, `${name}: ${JSON.stringify(one)} among ${JSON.stringify(left)}`).not.toBe(-1);
        left.splice(at, 1);
      }
    }
  }

  it.skipIf(!hasOnnx)(
    `passes onnx’s own checker, whatever the model gives${skipped(hasOnnx, 'python3-onnx')}`,
    async () => {
      const models: string[] = [];
      for (const outputs of ['heads', 'boxes', 'suppressed']) {
        const target = await exported({ formats: ['onnx'], onnx: { outputs } }, outputs);
        models.push(join(target, 'model.onnx'));
      }
      const { stdout } = await execa(python, [join(scripts, 'check-onnx.py'), ...models]);
      expect(stdout.split('\n')).toEqual(models);
    },
  );

  it('finds the same to 1e-4 with onnxruntime-node alone', async () => {
    await mkdir(join(folder, 'node_modules'));
    for (const name of ['onnxruntime-node', 'onnxruntime-common'])
      await symlink(resolve('node_modules', name), join(folder, 'node_modules', name));
    const { stdout } = await execa(
      'node',
      ['detect.mjs', '--max', String(options.maxDetections), join(golden, 'images')],
      { cwd: folder },
    );
    const found = z
      .array(z.object({ image: z.string(), class: z.number(), score: z.number(), box: boxSchema }))
      .parse(JSON.parse(stdout));
    expectSame(grouped(found), { scoreError: 1e-4, boxError: 1e-4 });
  });

  it('finds the same with stock TensorFlow.js, which loads the graph model', async () => {
    const words = [join(scripts, 'graph-model-candidates.mjs'), folder, String(options.threshold)];
    const { stdout } = await execa('node', [...words, ...images]);
    expectSame(suppressed(stdout), { scoreError: 1e-4, boxError: 1e-4 });
  });

  it.skipIf(!hasOpenCv)(
    `finds the same in OpenCV’s DNN module${skipped(hasOpenCv, 'python3-opencv')}`,
    async () => {
      const words = [join(folder, 'model.cfg'), join(folder, 'model.weights'), String(options.threshold)];
      const { stdout } = await execa(python, [join(scripts, 'opencv-candidates.py'), ...words, ...images]);
      const theirs = suppressed(stdout);
      expectSame(theirs, { scoreError: 1e-4, boxError: 1e-4 });
    },
  );

  it.skipIf(!hasDarknet)(
    `finds the same in Darknet itself${skipped(hasDarknet, 'Debian’s darknet')}`,
    async () => {
      await mkdir(join(folder, 'results'));
      await writeFile(join(folder, 'images.txt'), images.map((path) => `${path}\n`).join(''));
      const described = await readFile(join(folder, 'model.data'), 'utf8');
      await writeFile(join(folder, 'valid.data'), `${described}valid=images.txt\nresults=results\n`);
      await execa('darknet', ['detector', 'valid', 'valid.data', 'model.cfg', 'model.weights'], {
        cwd: folder,
      });
      const names = (await readFile(join(folder, 'model.names'), 'utf8')).trim().split('\n');
      const found: (Found & { readonly image: string })[] = [];
      for (const [k, name] of names.entries()) {
        const text = await readFile(join(folder, `results/comp4_det_test_${name}.txt`), 'utf8');
        for (const line of text.trim().split('\n')) {
          const [image = '', ...numbers] = line.split(' ');
          const [score = NaN, x0 = NaN, y0 = NaN, x1 = NaN, y1 = NaN] = numbers.map(Number);
          if (score > options.threshold)
            found.push({ image: `${image}.png`, class: k, score, box: [x0 - 1, y0 - 1, x1 - 1, y1 - 1] });
        }
      }
      // It counts pixels from 1 and clips afterwards, so that its boxes end a pixel before the image does.
      expectSame(grouped(found), { scoreError: 1e-4, boxError: 1e-4 }, ([x0, y0, x1, y1]) => [
        x0,
        y0,
        Math.min(x1, size.width - 1),
        Math.min(y1, size.height - 1),
      ]);
    },
  );
});

const boxSchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function grouped(found: readonly (Found & { readonly image: string })[]): Map<string, Found[]> {
  const groups = new Map<string, Found[]>();
  for (const one of found) groups.set(one.image, [...(groups.get(one.image) ?? []), one]);
  return groups;
}

/** What another program's candidates come to: { image: [[class, score, …box], …] }, by its images. */
function suppressed(json: string): Map<string, Found[]> {
  const row = z.tuple([z.number(), z.number(), z.number(), z.number(), z.number(), z.number()]);
  const candidates = z.record(z.string(), z.array(row)).parse(JSON.parse(json));
  return new Map(
    Object.entries(candidates).map(([name, rows]) => {
      const kept = nonMaximumSuppression(
        {
          boxes: Float32Array.from(rows.flatMap(([, , ...box]) => box)),
          scores: Float32Array.from(rows, ([, score]) => score),
          classes: Int32Array.from(rows, ([k]) => k),
        },
        options.nmsIou,
      );
      const found = kept.map((index): Found => {
        const [k = 0, score = 0, x0 = 0, y0 = 0, x1 = 0, y1 = 0] = rows[index] ?? [];
        return { class: k, score, box: clipBox([x0, y0, x1, y1], size.width, size.height) };
      });
      return [name, found];
    }),
  );
}
