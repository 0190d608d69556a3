import { UserError } from '../../pipeline/core/user-error.js';
import { readJsonSections } from '../lib/formats/json-sections.js';
import type { BoxEvaluation } from '../lib/metrics/coco-match.js';
import { NumberList } from '../lib/metrics/number-list.js';
import { cocoResultSchema } from '../lib/predictions/read-coco-detections.js';
import { unitsOf, type Coordinates } from '../lib/predictions/units.js';
import { newColumns, pushBox, valuesOf, type BoxXywh } from './box-columns.js';
import { checkElement, narrowest, readCocoTruth, unknownId, type CocoTruthImage } from './coco-truth.js';
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
 * Reads truth and predictions in COCO's forms, streamed.
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
  const found = newColumns();
  const scores = new NumberList();
  let [largest, count] = [-Infinity, 0];
  const sections = await readJsonSections(predictionsPath, {
    '': (element, index) => {
      const place = `${predictionsPath}, element ${index}`;
      const result = checkElement(cocoResultSchema, element, place);
      const image = images.get(result.image_id);
      if (!image) throw unknownId(place, 'image', result.image_id, truthPath);
      const k = classOf.get(result.category_id);
      if (k === undefined) throw unknownId(place, 'category', result.category_id, truthPath);
      const bbox = coordinates === 'normalised' ? inPixels(result.bbox, image, place) : result.bbox;
      largest = Math.max(largest, ...bbox);
      odd.add(bbox, image, index);
      pushBox(found, image.number, k, bbox);
      scores.push(result.score);
      count += 1;
    },
  });
  if (!sections.has(''))
    throw new UserError(`${predictionsPath} is no array of results.`, {
      hint: 'Predictions are [{ "image_id", "category_id", "bbox": [x, y, width, height], "score" }, …].',
    });
  if (count === 0) warnings.push(`${predictionsPath} holds no prediction, so nothing is found.`);
  const widthPx = narrowest(images);
  unitsOf(coordinates, 'pixel', { label: predictionsPath, largest, widthPx });
  warnings.push(...odd.sentences(`${predictionsPath}, elements`));
  return {
    evaluation: {
      imageCount: images.size,
      classCount: categories.length,
      truth,
      detections: { ...valuesOf(found), score: scores.values() },
    },
    categories,
    imageIds: [...images.keys()],
    warnings,
  };
}

function inPixels(bbox: BoxXywh, { width, height }: CocoTruthImage, place: string): BoxXywh {
  if (width === undefined || height === undefined)
    throw new UserError(
      `${place}: the truth does not say how large its image is, so a normalised box has no place.`,
    );
  return [bbox[0] * width, bbox[1] * height, bbox[2] * width, bbox[3] * height];
}
