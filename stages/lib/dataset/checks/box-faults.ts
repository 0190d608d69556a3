import type { BoxXyxyPx, DatasetRecord, ObjectRecord } from '../record.js';

/** What can be wrong with a box. One box has at most one of them, except that a repaired one is looked at again. */
export const boxFaults = [
  'box-inverted',
  'box-empty',
  'box-outside',
  'box-over-edge',
  'box-repeated',
  'class-unknown',
] as const;
export type BoxFault = (typeof boxFaults)[number];

/** What becomes of an object with a fault. `repair` is possible for some faults only. */
export type BoxAction = 'error' | 'warn' | 'drop' | 'repair';

type BoxActions = Readonly<Record<BoxFault, BoxAction>>;

/** Further than this over the edge, in pixels, is a fault; less is what rounding in other formats makes. */
const edgeTolerancePx = 0.5;

interface CheckedObjects {
  readonly objects: ObjectRecord[];
  /** Every fault found, with what was done about it. */
  readonly faults: readonly {
    readonly fault: BoxFault;
    readonly object: number;
    readonly action: BoxAction;
  }[];
}

/**
 * Looks at the boxes of one image, in order, and repairs or drops what is asked for.
 *
 * Repairs that are safe: corners of an inverted box are sorted; a box over the edge is clipped (the whole object's
 * box is kept as `amodalBox`, and the object marked as truncated).
 * @param classes the classes that may occur; all where undefined
 */
export function checkObjects(
  record: Pick<DatasetRecord, 'objects' | 'width' | 'height'>,
  actions: BoxActions,
  classes?: ReadonlySet<string>,
): CheckedObjects {
  const faults: { fault: BoxFault; object: number; action: BoxAction }[] = [];
  const objects: ObjectRecord[] = [];
  const seen = new Set<string>();
  for (const [number, given] of record.objects.entries()) {
    let object: ObjectRecord = given;
    let dropped = false;
    const handled = (fault: BoxFault, repaired?: ObjectRecord): void => {
      const wanted = actions[fault];
      const action = wanted === 'repair' && !repaired ? 'warn' : wanted;
      faults.push({ fault, object: number, action });
      if (action === 'drop') dropped = true;
      if (action === 'repair' && repaired) object = repaired;
    };
    if (classes && !classes.has(object.class)) handled('class-unknown');
    const [x0, y0, x1, y1] = object.box;
    if (x1 < x0 || y1 < y0) handled('box-inverted', { ...object, box: sorted(object.box) });
    if (!isInverted(object.box)) {
      if (isEmpty(object.box)) handled('box-empty');
      else if (isOutside(object.box, record)) handled('box-outside');
      else if (reachesOver(object.box, record)) handled('box-over-edge', clipped(object, record));
    }
    const name = `${object.class} ${object.box.join(' ')}`;
    if (seen.has(name) && !dropped) handled('box-repeated');
    seen.add(name);
    if (!dropped) objects.push(object);
  }
  return { objects, faults };
}

function sorted([x0, y0, x1, y1]: BoxXyxyPx): BoxXyxyPx {
  return [Math.min(x0, x1), Math.min(y0, y1), Math.max(x0, x1), Math.max(y0, y1)];
}

function isInverted([x0, y0, x1, y1]: BoxXyxyPx): boolean {
  return x1 < x0 || y1 < y0;
}

function isEmpty([x0, y0, x1, y1]: BoxXyxyPx): boolean {
  return x1 === x0 || y1 === y0;
}

type Size = Pick<DatasetRecord, 'width' | 'height'>;

function isOutside([x0, y0, x1, y1]: BoxXyxyPx, { width, height }: Size): boolean {
  return x1 <= 0 || y1 <= 0 || x0 >= width || y0 >= height;
}

function reachesOver([x0, y0, x1, y1]: BoxXyxyPx, { width, height }: Size): boolean {
  return Math.min(x0, y0) < -edgeTolerancePx || x1 > width + edgeTolerancePx || y1 > height + edgeTolerancePx;
}

function clipped(object: ObjectRecord, { width, height }: Size): ObjectRecord {
  const [x0, y0, x1, y1] = object.box;
  return {
    ...object,
    box: [Math.max(0, x0), Math.max(0, y0), Math.min(width, x1), Math.min(height, y1)],
    amodalBox: object.amodalBox ?? object.box,
    truncated: true,
  };
}
