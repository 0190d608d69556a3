import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { parseCfg } from '../../stages/lib/darknet/cfg.js';
import { findObjects } from '../../stages/lib/darknet/find-objects.js';
import { layoutOf } from '../../stages/lib/darknet/layout.js';
import { predictorOf, type Predictor } from '../../stages/lib/darknet/network.js';
import { readWeights } from '../../stages/lib/darknet/weights.js';
import { decodeImage } from '../../stages/lib/imaging/decode-image.js';

/** What darknet itself computed with `mini.cfg`; not part of the product's files. */
const golden = resolve(import.meta.dirname, '../../../shared/golden/darknet');
export const goldenIsMissing = !existsSync(join(golden, 'mini.cfg'));

interface GoldenDetection {
  readonly image_id: number;
  readonly category_id: number;
  /** x, y, width, height */
  readonly bbox: readonly [number, number, number, number];
  readonly score: number;
}

/** Images as large as the network's input, and of other sizes; the least score of what was written down. */
export const goldenSets: readonly (readonly [folder: string, file: string, least: number])[] = [
  ['images', 'mini.detections.json', 0.25],
  ['letterbox', 'mini.letterbox.detections.json', 0.4],
];

/** The golden network on the current backend. */
export async function goldenPredictor(): Promise<Predictor> {
  const cfg = parseCfg(await readFile(join(golden, 'mini.cfg'), 'utf8'), 'mini.cfg');
  const layout = layoutOf(cfg);
  const weights = readWeights(await readFile(join(golden, 'mini.weights')), layout, 'mini.weights');
  return predictorOf(cfg, layout, weights.values);
}

/** How far the raw heads are from darknet's, at most. @throws where their shapes are others */
export async function worstOfHeads(predictor: Predictor): Promise<number> {
  const description = JSON.parse(await readFile(join(golden, 'mini.heads.json'), 'utf8')) as {
    heads: [number, number, number][];
  };
  const input = floats(await readFile(join(golden, 'mini.input.f32')));
  const wanted = floats(await readFile(join(golden, 'mini.heads.f32')));
  const x = tf.tidy(() => tf.tensor4d(input, [1, 3, 160, 224]).transpose<tf.Tensor4D>([0, 2, 3, 1]));
  const heads = predictor.predict(x);
  const shapes = heads.map(({ shape: [, h, w, c] }) => [c, h, w]);
  if (JSON.stringify(shapes) !== JSON.stringify(description.heads))
    throw new Error(`heads of ${JSON.stringify(shapes)}`);
  let at = 0;
  let worst = 0;
  for (const head of heads)
    for (const value of await head.transpose([0, 3, 1, 2]).data())
      worst = Math.max(worst, Math.abs(value - (wanted[at++] ?? NaN)));
  if (at !== wanted.length) throw new Error(`${at} numbers, darknet has ${wanted.length}`);
  return worst;
}

/** What we and darknet find that the other does not, to 0.1 pixel and 0.001 of score. */
export async function differencesOf(
  predictor: Predictor,
  [folder, file, least]: (typeof goldenSets)[number],
): Promise<{ readonly images: number; readonly onlyDarknet: unknown[]; readonly onlyOurs: unknown[] }> {
  const wanted = JSON.parse(await readFile(join(golden, file), 'utf8')) as GoldenDetection[];
  const ids = [...new Set(wanted.map((detection) => detection.image_id))];
  const onlyDarknet: unknown[] = [];
  const onlyOurs: unknown[] = [];
  for (const id of ids) {
    const name = `${String(id).padStart(12, '0')}.png`;
    const image = await decodeImage(join(golden, folder, name), name);
    const options = { threshold: 0.005, nmsIou: 0.45, maxDetections: Infinity };
    const [found = []] = await findObjects(predictor, [image], options);
    const ours = found.filter((object) => object.score >= least - 1e-3);
    // Boxes that lie wholly outside the image come out of darknet with negative sizes; we drop them.
    const theirs = wanted.filter(
      ({ image_id, bbox: [, , width, height] }) => image_id === id && width > 0 && height > 0,
    );
    for (const detection of theirs) {
      const match = ours.findIndex(({ box, classIndex, score }) => {
        const [x, y, width, height] = detection.bbox;
        const far = [box[0] - x, box[1] - y, box[2] - x - width, box[3] - y - height];
        const near = far.every((distance) => Math.abs(distance) < 0.1);
        return near && classIndex === detection.category_id - 1 && Math.abs(score - detection.score) < 1e-3;
      });
      if (match >= 0) ours.splice(match, 1);
      else onlyDarknet.push(detection);
    }
    onlyOurs.push(...ours.filter((object) => object.score >= least + 1e-3));
  }
  return { images: ids.length, onlyDarknet, onlyOurs };
}

function floats(bytes: Buffer): Float32Array {
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
