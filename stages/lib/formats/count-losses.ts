import type { ObjectRecord } from '../dataset/record.js';
import type { ImageRecord } from './annotation.js';
import type { CountedNotes } from './counted-notes.js';

/** What a format can say of an object or an image beside box and class. */
export interface Holdings {
  readonly visibleFraction?: boolean;
  readonly truncated?: boolean;
  readonly occluded?: boolean;
  readonly difficult?: boolean;
  readonly crowd?: boolean;
  readonly areaPx?: boolean;
  readonly amodalBox?: boolean;
  readonly segmentation?: boolean;
  readonly keypoints?: boolean;
  /** All of an object's attributes, or those of these names. */
  readonly attributes?: true | readonly string[];
  /** All of an image's attributes, or those of these names (`split`, by lists of images). */
  readonly imageAttributes?: true | readonly string[];
  readonly source?: boolean;
}

/** Words for people, in the order in which losses are looked for. */
const words = {
  visibleFraction: 'their visible fraction',
  truncated: 'that they are cut off (truncated)',
  occluded: 'that they are partly hidden (occluded)',
  difficult: 'that they are difficult',
  crowd: 'that they are a crowd',
  areaPx: 'the area of their mask',
  amodalBox: 'the box of the whole object (amodal)',
  segmentation: 'their outline',
  keypoints: 'their keypoints',
} as const;
const properties = Object.keys(words) as (keyof typeof words)[];

/** Counts what of a record the format has no place for. A "no" that is not written down is no loss, nor the area of the box itself. */
export function countLosses(record: ImageRecord, holds: Holdings, format: string, notes: CountedNotes): void {
  for (const object of record.objects) {
    for (const property of properties)
      if (holds[property] !== true && says(object, property))
        notes.count(`{n} boxes lose ${words[property]}: ${format} has no place for it`, record.id);
    const names = lostNames(object.attributes ?? {}, holds.attributes);
    for (const name of names)
      notes.count(`{n} boxes lose their attribute "${name}": ${format} has no place for it`, record.id);
  }
  for (const name of lostNames(record.attributes, holds.imageAttributes))
    notes.count(`{n} images lose their attribute "${name}": ${format} has no place for it`, record.id);
  if (holds.source !== true && record.source.group !== record.id)
    notes.count(`{n} images lose the group that they belong to: ${format} has no place for it`, record.id);
}

/** Whether the record says more by a property than its box and a "no" do. */
function says(object: ObjectRecord, property: (typeof properties)[number]): boolean {
  const value = object[property];
  if (property !== 'areaPx' || object.areaPx === undefined) return value !== undefined && value !== false;
  const [xmin, ymin, xmax, ymax] = object.box;
  const boxAreaPx = (xmax - xmin) * (ymax - ymin);
  return Math.abs(object.areaPx - boxAreaPx) > 1e-3 * Math.max(1, boxAreaPx);
}

function lostNames(
  attributes: Readonly<Record<string, unknown>>,
  held: true | readonly string[] = [],
): readonly string[] {
  return held === true ? [] : Object.keys(attributes).filter((name) => !held.includes(name));
}
