import type { BoxXyxyPx, ObjectRecord } from '../../dataset/record.js';
import { annotationError, parseNumber, type AnnotationPlace } from '../annotation-place.js';
import { classAt } from '../class-list.js';

/** One line of a keras-yolo3 file. */
export interface KerasLine {
  readonly image: string;
  readonly objects: readonly ObjectRecord[];
}

/**
 * Reads `path xmin,ymin,xmax,ymax,class xmin,…`: edges in pixels, classes counted from 0. Boxes are taken off the
 * line's end one by one and the path is what remains, so it may have spaces.
 * @throws UserError with the place for a box that is none
 */
export function parseKerasLine(line: string, classes: readonly string[], place: AnnotationPlace): KerasLine {
  const objects: ObjectRecord[] = [];
  let rest = line.trim();
  for (;;) {
    const space = Math.max(rest.lastIndexOf(' '), rest.lastIndexOf('\t'));
    const text = rest.slice(space + 1);
    if (space < 0 || text.split(',').length < 5) break;
    const cells = text.split(',');
    const isBox = cells.every((cell) => cell !== '' && Number.isFinite(Number(cell)));
    // A file name may have commas of its own; a box with letters in it is a mistake unless it ends like an image.
    if (!isBox && /\.[a-z]{3,4}$/i.test(text)) break;
    if (cells.length !== 5 || !isBox)
      throw annotationError(
        { ...place, element: `"${text}"` },
        'a box is xmin,ymin,xmax,ymax,class: five numbers without spaces.',
      );
    const edge = (index: number): number => parseNumber(cells[index], 'an edge', place);
    const box: BoxXyxyPx = [edge(0), edge(1), edge(2), edge(3)];
    objects.push({ box, class: classAt(cells[4] ?? '', classes, place) });
    rest = rest.slice(0, space).trimEnd();
  }
  if (rest === '') throw annotationError(place, 'the line names no image.');
  return { image: rest, objects: objects.reverse() };
}

/** @param boxes on whole pixels */
export function formatKerasLine(
  image: string,
  boxes: readonly { readonly box: BoxXyxyPx; readonly classIndex: number }[],
): string {
  return [image, ...boxes.map(({ box, classIndex }) => [...box, classIndex].join(','))].join(' ');
}
