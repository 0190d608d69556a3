// Looks for objects in pictures with the model beside this file. Needs Node and onnxruntime-node, nothing else.
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type * as onnxRuntime from 'onnxruntime-node';
import { boxToImage, clipBox, letterboxOf } from '../../../lib/imaging/letterbox.js';
import { resampleInto, type RgbPixels } from '../../../lib/imaging/resample.js';
import { nonMaximumSuppression } from '../../../lib/metrics/nms.js';
import { decodePicture } from './decode-picture.js';

/** detector.json */
interface Detector {
  readonly classes: readonly string[];
  readonly width: number;
  readonly height: number;
}

type Runtime = typeof onnxRuntime;

interface Settings {
  readonly threshold: number;
  readonly nmsIou: number;
  readonly maxDetections: number;
}

interface Detection {
  readonly image: string;
  readonly class: number;
  readonly name: string;
  readonly score: number;
  readonly box: readonly number[];
}

const usage = `node detect.mjs [--threshold 0.25] [--nms 0.45] [--max 100] [--out results.json] PICTURE|FOLDER…
Finds objects in JPEG and PNG pictures and prints them as JSON: image, class (from 0), name, score and box
(xmin, ymin, xmax, ymax in pixels).`;

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      threshold: { type: 'string', default: '0.25' },
      nms: { type: 'string', default: '0.45' },
      max: { type: 'string', default: '100' },
      out: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true || positionals.length === 0) {
    say(usage);
    return values.help === true ? 0 : 2;
  }
  const settings = {
    threshold: share(values.threshold, '--threshold'),
    nmsIou: share(values.nms, '--nms'),
    maxDetections: count(values.max, '--max'),
  };
  const folder = dirname(fileURLToPath(import.meta.url));
  const detector = JSON.parse(await readFile(join(folder, 'detector.json'), 'utf8')) as Detector;
  const runtime = await loadRuntime(folder);
  const session = await runtime.InferenceSession.create(join(folder, 'model.onnx'));
  const found: Detection[] = [];
  let failures = 0;
  const started = performance.now();
  const pictures = await picturesIn(positionals);
  for (const path of pictures)
    try {
      const picture = decodePicture(await readFile(path));
      found.push(...(await look(runtime, session, detector, picture, basename(path), settings)));
    } catch (error) {
      failures += 1;
      say(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  const seconds = (performance.now() - started) / 1000;
  say(
    `${pictures.length} ${pictures.length === 1 ? 'picture' : 'pictures'}, ${(pictures.length / seconds).toFixed(1)} a second`,
  );
  const text = `[\n${found.map((detection) => JSON.stringify(detection)).join(',\n')}\n]\n`;
  if (values.out === undefined) process.stdout.write(text);
  else await writeFile(values.out, text);
  return failures > 0 ? 1 : 0;
}

/** ONNX Runtime, which lies beside this file when it was installed. */
async function loadRuntime(folder: string): Promise<Runtime> {
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (!missing) throw error;
    throw new Error(`onnxruntime-node is not installed. In ${folder}: npm install --ignore-scripts`);
  }
}

async function look(
  { Tensor }: Runtime,
  session: onnxRuntime.InferenceSession,
  { classes, width, height }: Detector,
  picture: RgbPixels,
  image: string,
  settings: Settings,
): Promise<Detection[]> {
  const letterbox = letterboxOf(picture.width, picture.height, width, height);
  const pixels = new Float32Array(width * height * 3); // [height, width, 3]
  resampleInto(pixels, width, height, picture, letterbox.placement);
  const planes = new Float32Array(pixels.length); // [3, height, width]
  for (let place = 0; place < width * height; place++)
    for (let c = 0; c < 3; c++) planes[c * width * height + place] = pixels[3 * place + c] as number;
  const out = await session.run({ images: new Tensor('float32', planes, [1, 3, height, width]) });
  const [boxes, scores] = [out['boxes']?.data as Float32Array, out['scores']?.data as Float32Array];
  const chosen: { n: number; k: number; score: number }[] = [];
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] as number;
    if (score > settings.threshold)
      chosen.push({ n: Math.floor(i / classes.length), k: i % classes.length, score });
  }
  const kept = nonMaximumSuppression(
    {
      boxes: Float32Array.from(chosen.flatMap(({ n }) => Array.from(boxes.subarray(4 * n, 4 * n + 4)))),
      scores: Float32Array.from(chosen, ({ score }) => score),
      classes: Int32Array.from(chosen, ({ k }) => k),
    },
    settings.nmsIou,
  ).slice(0, settings.maxDetections);
  return kept.flatMap((index): Detection[] => {
    const { n, k, score } = chosen[index] ?? { n: 0, k: 0, score: 0 };
    const side = (s: number): number => boxes[4 * n + s] as number;
    const inPicture = boxToImage(letterbox, [side(0), side(1), side(2), side(3)]);
    const box = clipBox(inPicture, picture.width, picture.height);
    const empty = box[2] <= box[0] || box[3] <= box[1];
    return empty ? [] : [{ image, class: k, name: classes[k] ?? String(k), score, box }];
  });
}

async function picturesIn(paths: readonly string[]): Promise<string[]> {
  const pictures: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (!found) throw new Error(`There is no picture or folder ${path}.`);
    if (found.isDirectory()) {
      const names = (await readdir(path)).filter((name) =>
        ['.jpg', '.jpeg', '.png'].includes(extname(name).toLowerCase()),
      );
      pictures.push(...names.sort().map((name) => join(path, name)));
    } else pictures.push(path);
  }
  return pictures;
}

function count(text: string, flag: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new Error(`${flag} takes a whole number from 1 on, not ${text}.`);
  return value;
}

function share(text: string, flag: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new Error(`${flag} takes a number from 0 to 1, not ${text}.`);
  return value;
}

try {
  process.exitCode = await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
