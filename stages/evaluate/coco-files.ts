import { UserError } from '../../pipeline/core/user-error.js';
import { readJsonSections } from '../lib/formats/json-sections.js';
import type { BoxEvaluation } from '../lib/metrics/box-evaluation.js';
import { readNumberRecords } from '../lib/formats/number-records.js';
import { RecordColumns, type Fields, type NumberRecords } from '../lib/formats/record-columns.js';
import { cocoResultSchema, isCocoResult } from '../lib/predictions/read-coco-detections.js';
import { unitsOf, type Coordinates } from '../lib/predictions/units.js';
import {
  checkElement,
  largestOf,
  narrowest,
  readCocoTruth,
  unknownId,
  type CocoTruthImage,
} from './coco-truth.js';
import { OddBoxes } from './odd-boxes.js';

/** An evaluation out of COCO files, and what it is about. */
export interface CocoFiles {
  readonly evaluation: BoxEvaluation;
  /** In the order of their ids, as pycocotools sorts them. */
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  /** Ids of the images, sorted. */
  readonly imageIds: readonly number[];
  /** What is odd, but harms no figure. */
  readonly warnings: readonly string[];
}

/**
 * Reads truth and predictions in COCO's forms; files of more than half a gigabyte are streamed.
 * @throws UserError that names the file and the element for whatever cannot be: unknown images or categories, ids that
 *   stand twice, scores that are no numbers, a truth without objects, boxes that look normalised
 */
export async function readCocoFiles(
  truthPath: string,
  predictionsPath: string,
  coordinates: Coordinates,
): Promise<CocoFiles> {
  const { images, categories, truth, warnings: oddTruth } = await readCocoTruth(truthPath);
  const warnings = [...oddTruth];
  const odd = new OddBoxes();
  const classOf = new Map(categories.map((category, index) => [category.id, index]));
  const { count, columns } = await readResults(predictionsPath);
  const { image_id: imageIds, category_id: categoryIds, bbox: boxes, score } = columns;
  const [image, classes] = [new Uint32Array(count), new Uint32Array(count)];
  const strangeScores: number[] = [];
  const place = (index: number): string => `${predictionsPath}, element ${index}`;
  for (let index = 0; index < count; index++) {
    const its = images.get(imageIds[index] as number);
    if (!its) throw unknownId(place(index), 'image', imageIds[index] as number, truthPath);
    const k = classOf.get(categoryIds[index] as number);
    if (k === undefined) throw unknownId(place(index), 'category', categoryIds[index] as number, truthPath);
    if (coordinates === 'normalised') toPixels(boxes.subarray(4 * index, 4 * index + 4), its, place(index));
    odd.add(boxes, its, index);
    if ((score[index] as number) < 0 || (score[index] as number) > 1) strangeScores.push(index);
    image[index] = its.number;
    classes[index] = k;
  }
  if (count === 0) warnings.push(`${predictionsPath} holds no prediction, so nothing is found.`);
  const widthPx = narrowest(images);
  unitsOf(coordinates, 'pixel', { label: predictionsPath, largest: largestOf(boxes), widthPx });
  warnings.push(...odd.sentences(`${predictionsPath}, elements`));
  if (strangeScores.length > 0)
    warnings.push(`${predictionsPath}, elements: ${strangeScores.length} of ${count} scores are not within 0–1; their order counts (first: ${strangeScores[0] ?? ''}).`); // prettier-ignore
  return {
    evaluation: {
      imageCount: images.size,
      classCount: categories.length,
      truth,
      detections: { image, class: classes, boxesXywhPx: boxes, score },
    },
    categories,
    imageIds: [...images.keys()],
    warnings,
  };
}

const resultFields = {
  image_id: { kind: 'whole' },
  category_id: { kind: 'whole' },
  bbox: { kind: 'list', length: 4 },
  score: { kind: 'number' },
} as const satisfies Fields;

/** The results column by column. */
async function readResults(path: string): Promise<NumberRecords<typeof resultFields>> {
  const records = await readNumberRecords(path, '', resultFields);
  if (records) return records;
  const read = new RecordColumns(resultFields);
  const sections = await readJsonSections(path, {
    '': (element, index) => {
      read.add(
        isCocoResult(element)
          ? element
          : checkElement(cocoResultSchema, element, `${path}, element ${index}`),
      );
    },
  });
  if (!sections.has(''))
    throw new UserError(`${path} is no array of results.`, {
      hint: 'Predictions are [{ "image_id", "category_id", "bbox": [x, y, width, height], "score" }, …].',
    });
  return read;
}

/** Makes pixels of shares of the image's sides, in place. */
function toPixels(bbox: Float64Array, { width, height }: CocoTruthImage, place: string): void {
  if (width === undefined || height === undefined)
    throw new UserError(
      `${place}: the truth does not say how large its image is, so a normalised box has no place.`,
    );
  // x, y, width, height
  bbox.forEach((share, edge) => (bbox[edge] = share * (edge % 2 === 0 ? width : height)));
}
