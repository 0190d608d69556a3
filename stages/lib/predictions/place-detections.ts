import type { BoxXyxyPx } from '../dataset/record.js';
import { annotationError, placeText } from '../formats/annotation-place.js';
import type { CountedNotes } from '../formats/counted-notes.js';
import { isInFirstPixel } from '../formats/box-units.js';
import { edgesOf, type PixelConvention } from '../formats/pixel-convention.js';
import type { ForeignDetection } from './foreign-detection.js';
import type { TargetImage, TargetImages } from './target-images.js';
import { unitsOf, type Coordinates } from './units.js';

export interface PlacedDetection {
  readonly box: BoxXyxyPx;
  readonly class: string;
  readonly score: number;
}

/**
 * Gathers detections from elsewhere by image, with boxes in pixels of it (0 is the image's edge). They are not clipped.
 * @param label what messages call the detections
 * @throws UserError with the place: a box whose right lies left of its left, shares of an image of unknown size; and
 *   when it is not clear in which units the boxes are
 */
export async function placeDetections(
  found: AsyncIterable<ForeignDetection>,
  images: TargetImages,
  options: {
    readonly label: string;
    readonly coordinates: Coordinates;
    /** The units that files of this form have. */
    readonly usual: Exclude<Coordinates, 'auto'>;
    readonly pixels: PixelConvention;
    readonly notes: CountedNotes;
  },
): Promise<ReadonlyMap<TargetImage, readonly PlacedDetection[]>> {
  const { label, notes } = options;
  const gathered: ForeignDetection[] = [];
  let largest = -Infinity;
  for await (const detection of found) {
    for (const edge of detection.box) largest = Math.max(largest, edge);
    gathered.push(detection);
  }
  const widthPx = images.all.reduce((least, { width }) => Math.min(least, width ?? Infinity), Infinity);
  const units = unitsOf(options.coordinates, options.usual, { label, largest, widthPx });
  const placed = new Map<TargetImage, PlacedDetection[]>();
  for (const { place, image, box: written, class: name, score } of gathered) {
    const where = placeText(place);
    const { width, height } = image;
    if (units === 'normalised' && (width === undefined || height === undefined))
      throw annotationError(
        place,
        `${images.label} does not say how large "${image.name}" is, so a normalised box has no place.`,
      );
    const box: BoxXyxyPx =
      units === 'pixel'
        ? edgesOf(written, options.pixels, where, notes)
        : [
            written[0] * (width ?? NaN),
            written[1] * (height ?? NaN),
            written[2] * (width ?? NaN),
            written[3] * (height ?? NaN),
          ];
    // By its edges: of a thin box in whole pixels, the last one may be called less than the first.
    if (box[2] < box[0] || box[3] < box[1])
      throw annotationError(
        place,
        `the box [${written.join(', ')}] ends before it begins.`,
        'Edges are expected (xmin, ymin, xmax, ymax): are these x, y, width and height?',
      );
    if (units === 'pixel' && isInFirstPixel(written[2], written[3], image))
      notes.count('{n} boxes end inside the first pixel of their image; are these shares of 0–1 among boxes in pixels?', where); // prettier-ignore
    if (box[0] >= (width ?? Infinity) || box[1] >= (height ?? Infinity) || box[2] <= 0 || box[3] <= 0)
      notes.count('{n} boxes lie wholly outside of their image; was it of another size when it was looked at?', where); // prettier-ignore
    if (score < 0 || score > 1) notes.count('{n} scores are not within 0–1; their order counts', where);
    const detections = placed.get(image);
    if (detections) detections.push({ box, class: name, score });
    else placed.set(image, [{ box, class: name, score }]);
  }
  if (gathered.length === 0) notes.count('there is no detection, so nothing is found', label);
  else
    for (const image of images.all)
      if (!placed.has(image)) notes.count('in {n} images nothing is found', image.name);
  return placed;
}
