import { NumberList } from '../lib/metrics/number-list.js';

export type BoxXywh = readonly [x: number, y: number, width: number, height: number];

/** Boxes as they are read, column by column. */
export interface BoxColumns {
  readonly image: NumberList;
  readonly class: NumberList;
  readonly boxesXywhPx: NumberList;
}

export function newColumns(): BoxColumns {
  return { image: new NumberList(), class: new NumberList(), boxesXywhPx: new NumberList() };
}

export function pushBox(columns: BoxColumns, image: number, k: number, bbox: BoxXywh): void {
  columns.image.push(image);
  columns.class.push(k);
  columns.boxesXywhPx.push(bbox[0], bbox[1], bbox[2], bbox[3]);
}

/** The columns as the figures take them. */
export function valuesOf({ image, class: classes, boxesXywhPx }: BoxColumns) {
  return { image: image.values(), class: classes.values(), boxesXywhPx: boxesXywhPx.values() };
}
