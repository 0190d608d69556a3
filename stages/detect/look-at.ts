import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import sharp from 'sharp';
import { UserError } from '../../pipeline/core/user-error.js';
import type { CommandHost } from '../../pipeline/stage/command.js';
import { decodeImage } from '../lib/imaging/decode-image.js';
import { drawBoxes } from '../lib/imaging/draw-boxes.js';
import { drawnBoxes, findOptions, type Note } from './detected.js';
import { findInImages } from './find-in-images.js';
import type { DetectOptions } from './options.js';
import type { Finder } from '../lib/darknet/finder.js';
import type { DetectInput } from './inputs.js';
import { lookAtFilm } from './look-at-film.js';
import type { OutputFiles } from './output-files.js';
import { cocoResults, resultsCsv, resultsJson, type Detection, type Looked } from './results.js';
import { shrinkTo } from './shrink.js';

type ImageInput = Extract<DetectInput, { type: 'image' }>;

/** Between two lines that say how far it is. */
const progressMs = 2000;

/**
 * Looks at everything and writes what was found. What cannot be read is named, and the rest goes on.
 * @returns the exit code: 1 when something could not be read
 */
export async function lookAt(
  inputs: readonly DetectInput[],
  finder: Finder,
  options: DetectOptions,
  files: OutputFiles,
  host: CommandHost,
): Promise<number> {
  const { console, signal } = host;
  const found: Detection[] = [];
  const looked: Looked[] = [];
  let failures = 0;
  const fail = (message: string): void => {
    failures += 1;
    console.error(message);
  };
  console.error(`${finder.device}, ${finder.cfg.width} × ${finder.cfg.height} pixels`);
  const started = performance.now();
  const rate = (): string =>
    `${((1000 * looked.length) / (performance.now() - started)).toFixed(1)} a second`;
  const total = inputs.every(({ type }) => type === 'image') ? ` of ${inputs.length}` : '';
  let told = started;
  const note: Note = (objects, one) => {
    looked.push(one);
    const frame = one.frame === undefined ? {} : { frame: one.frame };
    for (const { box, classIndex, score } of objects)
      found.push({ image: one.image, ...frame, class: classIndex, name: finder.classes[classIndex] ?? String(classIndex), score, box }); // prettier-ignore
    if (performance.now() - told < progressMs) return;
    told = performance.now();
    console.error(`${looked.length}${total} images, ${rate()}`);
  };
  for (const group of inGroups(inputs)) {
    if (signal.aborted) break;
    try {
      if ('images' in group) await lookAtImages(group.images, finder, options, files, host, note, fail);
      else {
        const source = group.type === 'camera' ? { camera: group.device } : { path: group.path };
        await lookAtFilm({ source, name: group.name, ...(files.drawn ? { drawn: files.drawn(group) } : {}) }, finder, options, host, note); // prettier-ignore
      }
    } catch (error) {
      // A camera is looked at until somebody ends it, and what it saw counts.
      if (signal.aborted) break;
      fail(error instanceof Error ? error.message : String(error));
      if (error instanceof UserError)
        for (const line of [...error.details, ...(error.hint === undefined ? [] : [error.hint])])
          console.error(`  ${line}`);
    }
  }
  const seconds = (performance.now() - started) / 1000;
  const counted = (count: number, one: string): string => `${count} ${count === 1 ? one : `${one}s`}`;
  console.error(
    `${counted(looked.length, 'image')} in ${seconds.toFixed(1)} s (${rate()}), ${counted(found.length, 'object')}` +
      (failures > 0 ? `; ${failures} could not be read` : ''),
  );
  await writeResults(found, looked, finder.classes, files, host);
  return failures > 0 ? 1 : 0;
}

/** Films and cameras alone, the images between them together: what was found stands in the order of the words. */
function inGroups(
  inputs: readonly DetectInput[],
): readonly (Exclude<DetectInput, ImageInput> | { readonly images: readonly ImageInput[] })[] {
  const groups: (Exclude<DetectInput, ImageInput> | { readonly images: ImageInput[] })[] = [];
  for (const input of inputs) {
    const last = groups.at(-1);
    if (input.type !== 'image') groups.push(input);
    else if (last && 'images' in last) last.images.push(input);
    else groups.push({ images: [input] });
  }
  return groups;
}

async function lookAtImages(
  inputs: readonly ImageInput[],
  finder: Finder,
  options: DetectOptions,
  { drawn: pathOf }: OutputFiles,
  host: CommandHost,
  note: Note,
  fail: (message: string) => void,
): Promise<void> {
  const size = shrinkTo(finder.cfg, options.resize);
  const looking = findInImages<ImageInput>(inputs, finder, {
    ...findOptions(options),
    batch: options.batch,
    decode: ({ path, name }) => decodeImage(path, name, size),
  });
  for await (const { element: input, result } of looking) {
    host.signal.throwIfAborted();
    if (!result.ok) {
      fail(result.error);
      continue;
    }
    const { image, objects } = result.value;
    note(objects, { image: input.name, width: image.originalWidth, height: image.originalHeight });
    if (!pathOf) continue;
    const path = pathOf(input);
    await mkdir(dirname(path), { recursive: true });
    const maxSidePx = Math.max(image.originalWidth, image.originalHeight);
    const drawn = await drawBoxes(input.path, drawnBoxes(objects, finder), { maxSidePx });
    await sharp(drawn).toFile(path);
  }
}

async function writeResults(
  found: readonly Detection[],
  looked: readonly Looked[],
  classes: readonly string[],
  { results, coco, drawn }: OutputFiles,
  { console }: CommandHost,
): Promise<void> {
  if (!results && !coco && !drawn) console.out(resultsJson(found).trimEnd());
  if (results) await writeFile(results.path, results.form === 'csv' ? resultsCsv(found) : resultsJson(found));
  if (!coco) return;
  const forms = cocoResults(found, looked, classes);
  await writeFile(coco.path, forms.results);
  await writeFile(coco.images, forms.images);
}
