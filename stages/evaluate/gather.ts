import { nearestName } from '../../pipeline/core/nearest-name.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { Dataset } from '../lib/dataset/dataset.js';
import type { PredictionRecord } from '../lib/dataset/prediction-record.js';
import type { DatasetRecord, ObjectRecord } from '../lib/dataset/record.js';
import type { BoxEvaluation } from '../lib/metrics/box-evaluation.js';
import { EvaluationBuilder } from '../lib/metrics/evaluation-builder.js';
import type { StableSample } from './stable-sample.js';

/** An image of the truth together with what was found in it. */
export interface JudgedImage {
  readonly truth: DatasetRecord;
  readonly found: PredictionRecord;
}

export interface Gathered {
  readonly evaluation: BoxEvaluation;
  /** The truth's images in the order of their numbers, without outlines. */
  readonly records: readonly DatasetRecord[];
  /** The sampled images, in the order of the sample. */
  readonly sampled: readonly JudgedImage[];
  /** Detections that were left out because their class is not in the truth, by class. */
  readonly otherClasses: ReadonlyMap<string, number>;
}

/**
 * Brings truth and predictions together, image by image.
 * @throws UserError for a truth without images or objects, an image without a prediction, a prediction for an image
 *   that the truth does not have or that has another size there, or, where it is not to be left out, a class that
 *   the truth does not have
 */
export async function gather(
  truth: Dataset,
  predictions: AsyncIterable<PredictionRecord>,
  options: {
    readonly otherClasses: 'error' | 'ignore';
    readonly difficult: 'count' | 'ignore';
    readonly sample: StableSample<DatasetRecord>;
  },
): Promise<Gathered> {
  const { classes } = truth.header;
  const builder = new EvaluationBuilder(classes);
  const images = new Map<string, { number: number; sizePx: string }>();
  const records: DatasetRecord[] = [];
  const isOptional = ({ difficult }: ObjectRecord): boolean =>
    options.difficult === 'ignore' && difficult === true;
  let objectCount = 0;
  for await (const record of truth.records()) {
    images.set(record.id, { number: builder.addTruth(record.objects, isOptional), sizePx: sizeOf(record) });
    objectCount += record.objects.length;
    records.push({ ...record, objects: record.objects.map(withoutOutline) });
    options.sample.offer(record.imageDigest, record);
  }
  if (objectCount === 0)
    throw new UserError(`The truth has ${images.size} images and no object, so there is nothing to find.`, {
      hint: 'Evaluate on a dataset with boxes; look at what the stage that made it left out.',
    });

  const known = new Set(classes);
  const otherClasses = new Map<string, number>();
  const chosen = new Set(options.sample.chosen().map((record) => record.id));
  const foundIn = new Map<string, PredictionRecord>();
  const missing = new Set(images.keys());
  const strangers: string[] = [];
  for await (const record of predictions) {
    const image = images.get(record.id);
    if (!image) {
      strangers.push(record.id);
      continue;
    }
    missing.delete(record.id);
    if (image.sizePx !== sizeOf(record))
      throw new UserError(
        `Image "${record.id}" is ${image.sizePx} pixels in the truth, but its prediction is for ${sizeOf(record)}.`,
        { hint: 'Boxes are in pixels of the image; predict on the dataset that is evaluated.' },
      );
    const detections = record.detections.filter((detection) => known.has(detection.class));
    for (const { class: name } of record.detections) {
      if (known.has(name)) continue;
      if (options.otherClasses === 'error') throw unknownClass(name, record.id, classes);
      otherClasses.set(name, (otherClasses.get(name) ?? 0) + 1);
    }
    builder.addFound(image.number, detections);
    if (chosen.has(record.id)) foundIn.set(record.id, { ...record, detections });
  }
  if (strangers.length > 0)
    throw new UserError(`There are predictions for ${listed(strangers)}, which the truth does not have.`, {
      hint: 'Predict on the dataset that is evaluated: bind the same stage to both.',
    });
  if (missing.size > 0)
    throw new UserError(`There is no prediction for ${listed([...missing])}.`, {
      hint: 'An image in which nothing was found has a line without detections; run detect on this dataset again.',
    });
  const sampled = options.sample.chosen().flatMap((record) => {
    const found = foundIn.get(record.id);
    return found ? [{ truth: record, found }] : [];
  });
  return { evaluation: builder.finish(), records, sampled, otherClasses };
}

/** Outlines are large, and boxes are all that is compared. */
function withoutOutline(object: ObjectRecord): ObjectRecord {
  const { segmentation, ...rest } = object;
  return segmentation === undefined ? object : rest;
}

function sizeOf(record: { readonly width: number; readonly height: number }): string {
  return `${record.width} × ${record.height}`;
}

function listed(ids: readonly string[]): string {
  const named = ids.slice(0, 3).map((id) => `"${id}"`);
  const rest = ids.length > 3 ? ', …' : '';
  return `${ids.length === 1 ? 'image' : `${ids.length} images:`} ${named.join(', ')}${rest}`;
}

function unknownClass(name: string, id: string, classes: readonly string[]): UserError {
  const near = nearestName(name, classes);
  return new UserError(
    `The prediction for image "${id}" has the class "${name}", which the truth does not know.`,
    {
      hint:
        `It knows ${classes.join(', ')}.${near ? ` Is "${near}" meant?` : ''} ` +
        'Rename classes with merge, or write `otherClasses: ignore` to leave such detections out.',
    },
  );
}
