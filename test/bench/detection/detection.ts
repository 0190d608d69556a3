import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import sharp from 'sharp';
import { z } from 'zod';
import { productRoot } from '../../../pipeline/core/product-root.js';
import { parseCfg } from '../../../stages/lib/darknet/cfg.js';
import { loadFinder } from '../../../stages/lib/darknet/finder.js';
import { initialWeights } from '../../../stages/lib/darknet/initial-weights.js';
import { layoutOf } from '../../../stages/lib/darknet/layout.js';
import { writeWeights } from '../../../stages/lib/darknet/weights.js';
import { decodeImage } from '../../../stages/lib/imaging/decode-image.js';
import { median, seconds, type Bench, type Measurement } from '../bench.js';

const sources = join(productRoot(), 'test/bench/detection');
/** Debian's own, which sees Debian's packages. */
const python = '/usr/bin/python3';
const rounds = 3;
const framesOfRound = 15;
const warmUp = 3;
/** What OpenCV took for a frame on two cores, where it cannot be measured here. */
const openCvSeconds = 0.05;

/**
 * A look at one image by yolov3-tiny at 416, from its pixels (640 × 480) to boxes: ONNX Runtime against OpenCV's DNN
 * module, by turns, so that other programs on the machine count for both; the best round of each. PyTorch and Darknet
 * beside them.
 */
export const detection: Bench = {
  name: 'detection',
  measure: async (folder) => {
    const cfg = join(productRoot(), 'data/networks/yolov3-tiny.cfg');
    const [weights, image] = [join(folder, 'model.weights'), join(folder, 'picture.png')];
    const text = await readFile(cfg, 'utf8');
    const parsed = parseCfg(text, cfg);
    const layout = layoutOf(parsed);
    const bytes = writeWeights({ values: initialWeights(parsed, layout, 1), seen: 0 }, layout);
    await writeFile(weights, bytes);
    const noise = Buffer.from(Uint8Array.from({ length: 640 * 480 * 3 }, (_, i) => (i * 7919) % 251));
    await sharp(noise, { raw: { width: 640, height: 480, channels: 3 } })
      .png()
      .toFile(image);

    const classes = Array.from({ length: 80 }, (_, k) => `class ${k}`);
    const finder = await loadFinder(
      { cfg: { text, name: 'yolov3-tiny.cfg' }, weights: { bytes, name: 'model.weights' }, classes },
      { name: 'onnx' },
    );
    const pixels = await decodeImage(image, 'picture');
    const ours: number[] = [];
    const openCv: number[] = [];
    let openCvVersion: string | undefined;
    for (let round = 0; round < rounds; round++) {
      const times: number[] = [];
      for (let frame = 0; frame < framesOfRound; frame++) {
        const began = performance.now();
        await finder.find([pixels], { threshold: 0.25, nmsIou: 0.45, maxDetections: 100 });
        times.push((performance.now() - began) / 1000);
      }
      ours.push(median(times.slice(warmUp)));
      const theirs = await pythonFrames('opencv.py', [cfg, weights, image, String(framesOfRound)]);
      if (theirs) openCv.push(theirs.frame);
      openCvVersion = theirs?.version ?? openCvVersion;
    }
    await finder.dispose();
    const best = Math.min(...ours);
    const reference = openCv.length > 0 ? Math.min(...openCv) : openCvSeconds;
    const torch = await pythonFrames('pytorch.py', [cfg, String(framesOfRound)]);
    return [
      {
        what: 'a frame by yolov3-tiny 416, ONNX Runtime',
        measured: `${seconds(best)}, ${(best / reference).toFixed(2)} × ${openCvVersion === undefined ? 'OpenCV’s of another day' : `OpenCV ${openCvVersion}’s`}`,
        bar: `≤ ${seconds(reference)}`,
        met: best <= reference,
      },
      beside('the same, OpenCV’s DNN module', openCv.length > 0 ? reference : 'python3-opencv', best),
      beside('its network alone, PyTorch', torch?.frame ?? 'python3-torch', best),
      beside('the same, Darknet', (await darknetFrame(folder, cfg, weights, image)) ?? 'darknet', best),
    ];
  },
};

/** @param measured seconds, or the package of Debian that is not installed */
function beside(what: string, measured: number | string, ours: number): Measurement {
  return {
    what,
    measured:
      typeof measured === 'string'
        ? `skipped: ${measured} is not installed`
        : `${seconds(measured)}, ${(measured / ours).toFixed(1)} × ONNX Runtime’s`,
    bar: '–',
    met: undefined,
  };
}

const timesSchema = z.object({ version: z.string(), seconds: z.array(z.number()).min(warmUp + 1) });

/** The median frame of a script beside this file; undefined where Python lacks its packages. */
async function pythonFrames(
  script: string,
  args: readonly string[],
): Promise<{ readonly version: string; readonly frame: number } | undefined> {
  const { exitCode, stdout, stderr } = await execa(python, [join(sources, script), ...args], {
    reject: false,
  });
  if (exitCode !== 0 && (stderr?.includes('ModuleNotFoundError') ?? true)) return undefined;
  if (exitCode !== 0) throw new Error(`${script} failed: ${stderr ?? ''}`);
  const { version, seconds: times } = timesSchema.parse(JSON.parse(stdout ?? ''));
  return { version, frame: median(times.slice(warmUp)) };
}

/** What Darknet itself says; undefined where it is not installed. */
async function darknetFrame(
  folder: string,
  cfg: string,
  weights: string,
  image: string,
): Promise<number | undefined> {
  const names = Array.from({ length: 80 }, (_, k) => `class${k}\n`).join('');
  await writeFile(join(folder, 'model.names'), names);
  await writeFile(join(folder, 'model.data'), 'classes=80\nnames=model.names\n');
  // With a file to write to it opens no window.
  const words = ['detector', 'test', 'model.data', cfg, weights, image, '-out', 'drawn'];
  const { code, stdout, stderr } = await execa('darknet', words, { cwd: folder, reject: false });
  if (code === 'ENOENT') return undefined;
  const predicted = /Predicted in ([\d.]+) seconds/.exec(stdout ?? '')?.[1];
  if (predicted === undefined) throw new Error(`darknet failed: ${stderr ?? ''}`);
  return Number(predicted);
}
