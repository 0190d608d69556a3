import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { prepareOutputFile } from '../lib/prepare-output-file.js';
import { defineCommand } from '../../pipeline/stage/command.js';
import { detectionFormatDescriptions, detectionFormats } from '../lib/predictions/foreign-detection.js';
import type { Scores } from '../lib/metrics/scores.js';
import type { CocoFiles } from './coco-files.js';

const options = z.strictObject({
  truth: z.string().describe('the right boxes: a COCO JSON with images, annotations and categories'),
  predictions: z.string().describe('what was found: a file or a folder, in one of the forms of --format'),
  format: z
    .enum(['auto', ...detectionFormats])
    .default('auto')
    .describe(
      `the form of the predictions, or auto to tell it by their files. ${detectionFormats.map((name) => `${name}: ${detectionFormatDescriptions[name]}`).join('. ')}`,
    ),
  classes: z
    .string()
    .optional()
    .describe(
      'a file with the detector’s class names, one a line, or a label map (.pbtxt); yolo and voc take the truth’s without it',
    ),
  pixels: z
    .enum(['zero-based', 'one-based'])
    .optional()
    .describe(
      'for voc: whether the first pixel is 1 and the last one belongs to the box (one-based, the default), or boxes are edges from 0 on',
    ),
  json: z.string().optional().describe('write all figures to this file, too'),
  resamples: z
    .number()
    .int()
    .min(0)
    .max(100_000)
    .default(0)
    .describe('95 % intervals from so many resamples of the images, as in 1000'),
  details: z
    .boolean()
    .default(false)
    .describe(
      'also the best F1, kinds of errors and Pascal VOC’s figures; with --json also thresholds, confusion and calibration',
    ),
  coordinates: z
    .enum(['auto', 'pixel', 'normalised'])
    .default('auto')
    .describe(
      'of the predicted boxes; auto takes what the form usually has (pixels, or shares of the image for yolo and tfrecord), and asks when they do not look so',
    ),
});

/** `pipeline evaluate`: COCO's figures for a truth and predictions, equal to pycocotools'. */
export const evaluateCommand = defineCommand({
  words: '--truth T.json --predictions P.json',
  options,
  async run(_, settings, { console, directory }) {
    const [truth, predictions] = [
      resolve(directory, settings.truth),
      resolve(directory, settings.predictions),
    ];
    const json = settings.json === undefined ? undefined : resolve(directory, settings.json);
    if (json !== undefined) await prepareOutputFile(json);
    const files = await readFiles(truth, predictions, settings, directory);
    for (const warning of files.warnings) console.error(`warning: ${warning}`);
    const result = await figuresOf(files, settings);
    for (const line of lines(result)) console.out(line);
    if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
    return 0;
  },
});

async function readFiles(
  truth: string,
  predictions: string,
  { format: given, classes, pixels, coordinates }: z.output<typeof options>,
  directory: string,
): Promise<CocoFiles> {
  const { detectionFormatOf, readForeignFiles } = await import('./foreign-files.js');
  const format = given === 'auto' ? await detectionFormatOf(predictions) : given;
  if (format !== 'coco')
    return readForeignFiles(truth, predictions, {
      format,
      classes: classes === undefined ? undefined : resolve(directory, classes),
      coordinates,
      pixels,
    });
  for (const [name, value] of Object.entries({ classes, pixels }))
    if (value !== undefined)
      throw new UserError(`--${name} does nothing for COCO results.`, { hint: `Leave --${name} out.` });
  const { readCocoFiles } = await import('./coco-files.js');
  return readCocoFiles(truth, predictions, coordinates);
}

type Figures = Pick<Scores, 'stats' | 'counts'> &
  Partial<Scores> & { readonly perClass: readonly (Scores['perClass'][number] & { categoryId: number })[] };

async function figuresOf(
  { evaluation, categories }: CocoFiles,
  { resamples, details }: { readonly resamples: number; readonly details: boolean },
): Promise<Figures> {
  const { cocoScores, computeScores } = await import('./compute-scores.js');
  const names = categories.map(({ name }) => name);
  const withIds = <T>(perClass: readonly T[]): (T & { categoryId: number })[] =>
    perClass.map((entry, index) => ({ categoryId: categories[index]?.id ?? index, ...entry }));
  if (!details && resamples === 0) {
    const figures = cocoScores(evaluation, names);
    return { ...figures, perClass: withIds(figures.perClass) };
  }
  const { scores } = computeScores(evaluation, names, {
    resamples: Math.max(1, resamples),
    seed: 0,
    voc: { iou: 0.5, inclusivePixels: false },
    slices: [],
  });
  const { stats, counts, curve, perClass, intervals, ...rest } = scores;
  return {
    stats,
    counts,
    perClass: withIds(perClass),
    ...(resamples > 0 ? { intervals } : {}),
    ...(details ? { curve, ...rest } : {}),
  };
}

function* lines({
  stats,
  perClass,
  counts,
  intervals,
  bestOperatingPoint,
  errors,
  voc,
}: Figures): Iterable<string> {
  yield `${counts.images} images, ${counts.objects} objects (${counts.crowds} crowds), ${counts.detections} detections`;
  for (const [name, value] of Object.entries(stats)) {
    const interval = name === 'AP' ? intervals?.AP : name === 'AP50' ? intervals?.AP50 : undefined;
    const note = interval ? `  [${shown(interval[0])}, ${shown(interval[1])}]` : '';
    yield `${name.padEnd(6)}${shown(value)}${note}`;
  }
  if (perClass.length > 1) {
    const width = Math.max(...perClass.map(({ class: name }) => name.length));
    for (const { class: name, AP, AP50, truth, detections } of perClass)
      yield `${name.padEnd(width)}  AP ${shown(AP)}  AP50 ${shown(AP50)}  ${truth} objects, ${detections} detections`;
  }
  if (bestOperatingPoint)
    yield `best F1 ${shown(bestOperatingPoint.micro.f1 ?? -1)} at score ${bestOperatingPoint.score.toFixed(3)}`;
  if (voc) yield `VOC AP ${shown(voc.allPoints)} (all points), ${shown(voc.elevenPoints)} (eleven)`;
  for (const [type, { count, deltaAp50 }] of Object.entries(errors ?? {}))
    yield `errors, ${type}: ${count}, AP50 would be ${deltaAp50.toFixed(3)} higher without them`;
}

function shown(value: number): string {
  return value < 0 ? '–' : value.toFixed(4);
}
