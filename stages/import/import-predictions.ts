import { dirname, resolve } from 'node:path';
import type { StageContext } from '../../pipeline/stage/context.js';
import { readDataset } from '../lib/dataset/dataset.js';
import type { PredictionRecord } from '../lib/dataset/prediction-record.js';
import { FileTree } from '../lib/formats/file-tree.js';
import { imageNameOf } from '../lib/formats/image-name.js';
import { readDetections } from '../lib/predictions/read-detections.js';
import { TargetImages } from '../lib/predictions/target-images.js';
import { givenClasses } from './given-classes.js';
import { isFilePath } from './params.js';
import type { PredictionsParams } from './predictions-params.js';

/** Reads what the parameters name, and writes a line for each image of the dataset, in its order. */
export async function importPredictions(context: StageContext<PredictionsParams>): Promise<void> {
  const { params, baseDirectory } = context;
  const dataset = await readDataset(context.input('images'), 'the images');
  const targets: { id: string; name: string; width: number; height: number }[] = [];
  for await (const record of dataset.records())
    targets.push({ id: record.id, name: imageNameOf(record), width: record.width, height: record.height });
  context.signal.throwIfAborted();
  const path = resolve(baseDirectory, params.path);
  const files = context.sources('predictions').map((file) => file.path);
  const [names] = context.sources('names');
  const { found, notes } = await readDetections({
    format: params.format,
    tree: new FileTree(isFilePath(params.path) ? dirname(path) : path, files),
    images: new TargetImages('the images', targets),
    truthClasses: dataset.header.classes,
    classes: await givenClasses(params.classes, context.sources('classes')[0]),
    names: names && FileTree.ofFile(names.path),
    coordinates: params.coordinates,
    pixels: params.pixels,
  });
  for (const note of notes) context.warn(note);
  const lines: string[] = [];
  let count = 0;
  for (const target of targets) {
    const { id, width, height } = target;
    const detections = [...(found.get(target) ?? [])];
    count += detections.length;
    lines.push(`${JSON.stringify({ id, width, height, detections } satisfies PredictionRecord)}\n`);
  }
  await context.output('predictions').write('predictions.jsonl', lines.join(''));
  context.metric('images', targets.length);
  context.metric('detections', count);
}
