import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import sharp from 'sharp';
import type { CommandHost } from '../../pipeline/stage/command.js';
import { unreachable } from '../../pipeline/core/unreachable.js';
import type { FoundObject } from '../lib/darknet/find-objects.js';
import { decodeImage, type RgbImage } from '../lib/imaging/decode-image.js';
import { boxesAsSvg, drawBoxes, type DrawnBox } from '../lib/imaging/draw-boxes.js';
import type { DetectOptions } from './options.js';
import type { Finder } from '../lib/darknet/finder.js';
import type { DetectInput } from './inputs.js';
import { cocoResults, resultsCsv, resultsJson, type Detection, type Looked } from './results.js';
import { shrinkTo } from './shrink.js';
import { probeVideo, readFrames, writeVideo, type VideoSource } from './video.js';

const palette = ['#2f8fd0', '#f08c00', '#16a07a', '#d6338a', '#8f6fd0', '#a3932a'];

/**
 * Looks at everything and writes what was found. What cannot be read is named, and the rest goes on.
 * @returns the exit code: 1 when something could not be read
 */
export async function lookAt(
  inputs: readonly DetectInput[],
  finder: Finder,
  options: DetectOptions,
  host: CommandHost,
): Promise<number> {
  const { console, signal } = host;
  const found: Detection[] = [];
  const looked: Looked[] = [];
  let failures = 0;
  console.error(`${finder.device}, ${finder.cfg.width} × ${finder.cfg.height} pixels`);
  const started = performance.now();
  const note = (objects: readonly FoundObject[], one: Looked): void => {
    looked.push(one);
    const frame = one.frame === undefined ? {} : { frame: one.frame };
    for (const { box, classIndex, score } of objects)
      found.push({ image: one.image, ...frame, class: classIndex, name: finder.classes[classIndex] ?? String(classIndex), score, box }); // prettier-ignore
  };
  for (const input of inputs) {
    if (signal.aborted) break;
    try {
      switch (input.type) {
        case 'image':
          await lookAtImage(input, finder, options, host, note);
          break;
        case 'video':
          await lookAtFilm({ path: input.path }, input.name, finder, options, host, note);
          break;
        case 'camera':
          await lookAtFilm({ camera: input.device }, input.name, finder, options, host, note);
          break;
        default:
          unreachable(input);
      }
    } catch (error) {
      // A camera is looked at until somebody ends it, and what it saw counts.
      if (signal.aborted) break;
      failures += 1;
      console.error(error instanceof Error ? error.message : String(error));
    }
  }
  const seconds = (performance.now() - started) / 1000;
  const rate = looked.length / seconds;
  console.error(
    `${looked.length} images in ${seconds.toFixed(1)} s (${rate.toFixed(1)} a second), ${found.length} objects` +
      (failures > 0 ? `; ${failures} could not be read` : ''),
  );
  await writeResults(found, looked, finder.classes, options, host);
  return failures > 0 ? 1 : 0;
}

type Note = (objects: readonly FoundObject[], one: Looked) => void;

async function lookAtImage(
  input: Extract<DetectInput, { type: 'image' }>,
  finder: Finder,
  options: DetectOptions,
  host: CommandHost,
  note: Note,
): Promise<void> {
  const image = await decodeImage(input.path, input.name, shrinkTo(finder.cfg, options.resize));
  const [objects = []] = await finder.find([image], findOptions(options));
  note(objects, { image: input.name, width: image.originalWidth, height: image.originalHeight });
  if (options.draw === undefined) return;
  const path = join(resolve(host.directory, options.draw), input.name);
  await mkdir(dirname(path), { recursive: true });
  const maxSidePx = Math.max(image.originalWidth, image.originalHeight);
  const drawn = await drawBoxes(input.path, boxesOf(objects, finder), { maxSidePx });
  await sharp(drawn).toFile(extname(path) === '.bmp' ? `${path}.png` : path);
}

async function lookAtFilm(
  source: VideoSource,
  name: string,
  finder: Finder,
  options: DetectOptions,
  host: CommandHost,
  note: Note,
): Promise<void> {
  const stream = await probeVideo(source);
  const { width, height } = stream;
  const folder = options.draw === undefined ? undefined : resolve(host.directory, options.draw);
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const filmName = `${name.replace(/[/\\:]/g, '_').replace(/\.[^.]+$/, '')}.mp4`;
  const writer = folder === undefined ? undefined : writeVideo(join(folder, filmName), stream);
  let [frame, objects] = [0, [] as readonly FoundObject[]];
  try {
    for await (const data of readFrames(source, stream, host.signal)) {
      if (frame % options.every === 0) {
        const image: RgbImage = { width, height, data, originalWidth: width, originalHeight: height };
        [objects = []] = await finder.find([await shrunk(image, finder, options)], findOptions(options));
        note(objects, { image: name, frame, width, height });
      }
      // Between the frames that are looked at, boxes stay where they were.
      if (writer) await writer.write(await drawnFrame(data, { width, height }, boxesOf(objects, finder)));
      frame += 1;
      if (frame % 100 === 0)
        host.console.error(`${name}: frame ${frame}${stream.frameCount ? ` of ${stream.frameCount}` : ''}`);
    }
  } finally {
    await writer?.close();
  }
}

/** A frame shrunk as an image from a file would have been while it was decoded. */
async function shrunk(image: RgbImage, finder: Finder, options: DetectOptions): Promise<RgbImage> {
  const size = shrinkTo(finder.cfg, options.resize);
  if (!size || (image.width <= size.width && image.height <= size.height)) return image;
  const { data, info } = await sharp(image.data, {
    raw: { width: image.width, height: image.height, channels: 3 },
  })
    .resize({ ...size, fit: 'inside', withoutEnlargement: true })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { ...image, width: info.width, height: info.height, data };
}

async function drawnFrame(
  data: Uint8Array,
  size: { readonly width: number; readonly height: number },
  boxes: readonly DrawnBox[],
): Promise<Uint8Array> {
  if (boxes.length === 0) return data;
  const overlay = Buffer.from(boxesAsSvg(boxes, { ...size, scale: 1 }));
  return sharp(data, { raw: { ...size, channels: 3 } })
    .composite([{ input: overlay, left: 0, top: 0 }])
    .removeAlpha()
    .raw()
    .toBuffer();
}

function boxesOf(objects: readonly FoundObject[], finder: Finder): DrawnBox[] {
  return objects.map(({ box, classIndex, score }) => ({
    box,
    label: `${finder.classes[classIndex] ?? classIndex} ${score.toFixed(2)}`,
    colour: palette[classIndex % palette.length] ?? '#2f8fd0',
  }));
}

function findOptions(options: DetectOptions) {
  return { threshold: options.threshold, nmsIou: options.nms, maxDetections: options.max };
}

async function writeResults(
  found: readonly Detection[],
  looked: readonly Looked[],
  classes: readonly string[],
  options: DetectOptions,
  { console, directory }: CommandHost,
): Promise<void> {
  if (options.out === undefined) {
    if (options.coco === undefined && options.draw === undefined) console.out(resultsJson(found).trimEnd());
  } else {
    const text = options.out.endsWith('.csv') ? resultsCsv(found) : resultsJson(found);
    await writeFile(resolve(directory, options.out), text);
  }
  if (options.coco === undefined) return;
  const { results, images } = cocoResults(found, looked, classes);
  const path = resolve(directory, options.coco);
  await writeFile(path, results);
  await writeFile(path.replace(/(\.json)?$/, '.images.json'), images);
}
