import type { DatasetRecord, ObjectRecord } from '../lib/dataset/record.js';

type Value = string | number | boolean;

/** One slice: the images, or the objects, for which something holds. */
export interface Slice {
  /** `spectrum`, or `spectrum × posture` for a pair. */
  readonly attribute: string;
  readonly on: 'image' | 'object';
  /** `infrared`, or `infrared × lying`. */
  readonly value: string;
  /** Numbers of the images, or places of the objects, that belong to it. */
  readonly members: readonly number[];
}

export interface SliceOptions {
  /** Attributes with more values than this (names of scenes) are no slices. */
  readonly maxValues: number;
  /** Pairs of attributes of which every combination is a slice as well. */
  readonly pairs: readonly (readonly [string, string])[];
}

export interface Slices {
  readonly slices: readonly Slice[];
  /** Attributes that have too many values. */
  readonly leftOut: readonly string[];
}

/** What an image or an object says of itself; absent where it says nothing. */
type Column = ReadonlyMap<number, Value>;

/** COCO's bounds of small and large, in pixels of area. */
const smallPx = 32 ** 2;
const largePx = 96 ** 2;
const visibleSteps = [0.25, 0.5, 0.75] as const;

/**
 * The slices of a truth: by every attribute of its images and objects, and by the objects' size, visible fraction,
 * truncation and occlusion where these are known. Numbers of many values are cut at their quartiles.
 */
export function slicesOf(records: readonly DatasetRecord[], options: SliceOptions): Slices {
  const images = columns(records, ({ attributes }) => attributes);
  const objects = columns(
    records.flatMap((record) => record.objects),
    objectAttributes,
  );
  const leftOut: string[] = [];
  const usable = (all: ReadonlyMap<string, Column>): Map<string, Map<number, string>> => {
    const kept = new Map<string, Map<number, string>>();
    for (const [name, column] of all) {
      const cut = inClasses(column);
      if (new Set(cut.values()).size <= options.maxValues) kept.set(name, cut);
      else leftOut.push(name);
    }
    return kept;
  };
  const [byImage, byObject] = [usable(images), usable(objects)];
  const imageOf = records.flatMap((record, image) => record.objects.map(() => image));
  const single = [
    ...[...byImage].flatMap(([name, column]) => grouped(name, 'image', column)),
    ...[...byObject].flatMap(([name, column]) => grouped(name, 'object', column)),
  ];
  const paired = options.pairs.flatMap(([a, b]) => {
    const [first, second] = [byImage.get(a), byImage.get(b)];
    const name = `${a} × ${b}`;
    if (first && second) return grouped(name, 'image', combined(first, second));
    const onObjects = (attribute: string): Map<number, string> =>
      byObject.get(attribute) ?? spread(byImage.get(attribute) ?? new Map(), imageOf);
    return grouped(name, 'object', combined(onObjects(a), onObjects(b)));
  });
  return { slices: [...single, ...paired], leftOut: leftOut.sort() };
}

/** The names that a pair may be made of. */
export function sliceNames(records: readonly DatasetRecord[]): string[] {
  const objects = records.flatMap((record) => record.objects);
  return [
    ...columns(records, ({ attributes }) => attributes).keys(),
    ...columns(objects, objectAttributes).keys(),
  ].sort();
}

function objectAttributes(object: ObjectRecord): Readonly<Record<string, Value>> {
  const [xmin, ymin, xmax, ymax] = object.box;
  const areaPx = object.areaPx ?? (xmax - xmin) * (ymax - ymin);
  const visible = object.visibleFraction;
  return {
    ...object.attributes,
    size: areaPx < smallPx ? 'small' : areaPx < largePx ? 'medium' : 'large',
    ...(visible === undefined ? {} : { visible: stepName(visible) }),
    ...(object.truncated === undefined ? {} : { truncated: object.truncated }),
    ...(object.occluded === undefined ? {} : { occluded: object.occluded }),
  };
}

function stepName(fraction: number): string {
  const step = visibleSteps.filter((bound) => fraction >= bound).length;
  const [from, to] = [visibleSteps[step - 1] ?? 0, visibleSteps[step] ?? 1];
  return `${from.toFixed(2)}–${to.toFixed(2)}`;
}

function columns<T>(
  things: readonly T[],
  attributesOf: (thing: T) => Readonly<Record<string, Value>>,
): Map<string, Map<number, Value>> {
  const found = new Map<string, Map<number, Value>>();
  for (const [index, thing] of things.entries())
    for (const [name, value] of Object.entries(attributesOf(thing))) {
      const column = found.get(name) ?? new Map<number, Value>();
      column.set(index, value);
      found.set(name, column);
    }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Values as words; numbers with more than eight values as the four quarters of their distribution. */
function inClasses(column: Column): Map<number, string> {
  const values = [...new Set(column.values())];
  const numbers = values.every((value) => typeof value === 'number');
  if (!numbers || values.length <= 8)
    return new Map([...column].map(([index, value]) => [index, String(value)]));
  const sorted = [...column.values()].map(Number).sort((a, b) => a - b);
  const bounds = [0, 0.25, 0.5, 0.75, 1].map((share) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0);
  return new Map(
    [...column].map(([index, value]) => {
      const quarter = Math.max(0, bounds.slice(1, 4).filter((bound) => Number(value) > bound).length);
      return [index, `${short(bounds[quarter] ?? 0)} to ${short(bounds[quarter + 1] ?? 0)}`];
    }),
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function grouped(attribute: string, on: Slice['on'], column: ReadonlyMap<number, string>): Slice[] {
  const members = new Map<string, number[]>();
  for (const [index, value] of column) {
    const list = members.get(value);
    if (list) list.push(index);
    else members.set(value, [index]);
  }
  return [...members]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .map(([value, list]) => ({ attribute, on, value, members: list }));
}

function combined(a: ReadonlyMap<number, string>, b: ReadonlyMap<number, string>): Map<number, string> {
  const both = new Map<number, string>();
  for (const [index, value] of a) {
    const other = b.get(index);
    if (other !== undefined) both.set(index, `${value} × ${other}`);
  }
  return both;
}

/** What holds for an image holds for its objects. */
function spread(byImage: ReadonlyMap<number, string>, imageOf: readonly number[]): Map<number, string> {
  return new Map(
    imageOf.flatMap((image, object) => {
      const value = byImage.get(image);
      return value === undefined ? [] : [[object, value] as const];
    }),
  );
}
