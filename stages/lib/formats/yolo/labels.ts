import type { BoxXyxyPx, ObjectRecord } from '../../dataset/record.js';
import { annotationError, parseNumber } from '../annotation-place.js';
import { classAt } from '../class-list.js';
import { edgePx, normalisedText, type PixelSize } from '../pixel-size.js';

/**
 * The objects of a YOLO label file: `class cx cy w h` a line, the class counted from 0, centre and size in shares of
 * the image. A line `class x1 y1 x2 y2 x3 y3 …` is an outline (YOLO segmentation); its box is the one around it.
 * @param file what messages call it
 * @throws UserError with file and line for anything else
 */
export function parseYoloLabels(
  text: string,
  classes: readonly string[],
  file: string,
): (size: PixelSize) => ObjectRecord[] {
  const parsed: { readonly name: string; readonly values: readonly number[] }[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/);
    const [first = '', ...rest] = words;
    if (first === '') continue;
    const place = { file, line: index + 1 };
    const isBox = rest.length === 4;
    const isOutline = rest.length >= 6 && rest.length % 2 === 0;
    if (!isBox && !isOutline)
      throw annotationError(
        place,
        `${words.length} values stand there; class, centre x, centre y, width and height are expected.`,
        rest.length === 5 ? 'A sixth value is a score: these are detections, not labels.' : undefined,
      );
    const name = classAt(first, classes, place);
    parsed.push({ name, values: rest.map((word) => parseNumber(word, 'a value', place)) });
  }
  return (size) => parsed.map(({ name, values }) => objectOf(name, values, size));
}

function objectOf(name: string, values: readonly number[], { width, height }: PixelSize): ObjectRecord {
  if (values.length > 4) {
    const polygon = values.map((value, index) => edgePx(value, index % 2 === 0 ? width : height));
    const xs = polygon.filter((_, index) => index % 2 === 0);
    const ys = polygon.filter((_, index) => index % 2 === 1);
    const box: BoxXyxyPx = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    return { box, class: name, segmentation: { polygons: [polygon] } };
  }
  const [cx = 0, cy = 0, w = 0, h = 0] = values;
  return {
    box: [
      edgePx(cx - w / 2, width),
      edgePx(cy - h / 2, height),
      edgePx(cx + w / 2, width),
      edgePx(cy + h / 2, height),
    ],
    class: name,
  };
}

/** The line of a YOLO label file for a box, without its end. */
export function yoloLine(object: ObjectRecord, classIndex: number, { width, height }: PixelSize): string {
  const [xmin, ymin, xmax, ymax] = object.box;
  const values = [
    (xmin + xmax) / 2 / width,
    (ymin + ymax) / 2 / height,
    (xmax - xmin) / width,
    (ymax - ymin) / height,
  ];
  return [classIndex, ...values.map(normalisedText)].join(' ');
}
