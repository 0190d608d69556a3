import type { DatasetRecord, ObjectRecord } from '../lib/dataset/record.js';
import type { Condition, Range, SelectParams } from './params.js';

type Value = string | number | boolean;

/** Why an object or an image was not taken, as the counts name it. */
export type Reason = string;

/** Whether an object was not taken for its class alone. */
export function isClass(reason: Reason): boolean {
  return reason.startsWith('class ');
}

/** Whether an attribute's value is what is asked for; an image or object without the attribute never is. */
function holds(condition: Condition, value: Value | undefined): boolean {
  if (value === undefined) return false;
  if (Array.isArray(condition)) return condition.includes(value);
  if (typeof condition !== 'object') return condition === value;
  return typeof value === 'number' && isWithin(value, condition);
}

export function isWithin(
  value: number,
  { min, max }: { readonly min?: number | undefined; readonly max?: number | undefined },
): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

/** @returns the first condition that an object does not meet; undefined when it is kept */
export function whyNotObject(
  object: ObjectRecord,
  image: Pick<DatasetRecord, 'width' | 'height'>,
  wanted: SelectParams['objects'],
): Reason | undefined {
  const [xmin, ymin, xmax, ymax] = object.box;
  const [width, height] = [xmax - xmin, ymax - ymin];
  const outside = (range: Range | undefined, value: number): boolean =>
    range !== undefined && !isWithin(value, range);
  if (wanted.classes && !wanted.classes.includes(object.class)) return `class "${object.class}"`;
  if (outside(wanted.sidePx, Math.min(width, height))) return 'sidePx';
  if (outside(wanted.areaPx, width * height)) return 'areaPx';
  if (outside(wanted.share, (width * height) / (image.width * image.height))) return 'share';
  if (wanted.visible !== undefined && (object.visibleFraction ?? 1) < wanted.visible) return 'visible';
  if (wanted.crowds === 'drop' && object.crowd === true) return 'crowds';
  if (wanted.difficult === 'drop' && object.difficult === true) return 'difficult';
  if (wanted.truncated === 'drop' && object.truncated === true) return 'truncated';
  if (wanted.occluded === 'drop' && object.occluded === true) return 'occluded';
  for (const [name, condition] of Object.entries(wanted.where))
    if (!holds(condition, object.attributes?.[name])) return `where ${name}`;
  return undefined;
}

/** @returns the first condition that an image does not meet, its number of objects aside; undefined when none */
export function whyNotImage(record: DatasetRecord, wanted: SelectParams['images']): Reason | undefined {
  const shown = new Set(record.objects.map((object) => object.class));
  for (const name of wanted.show) if (!shown.has(name)) return `show ${name}`;
  for (const name of wanted.without) if (shown.has(name)) return `without ${name}`;
  if (wanted.sources && !wanted.sources.includes(record.source.dataset)) return 'sources';
  for (const [name, condition] of Object.entries(wanted.where))
    if (!holds(condition, record.attributes[name])) return `where ${name}`;
  return undefined;
}
