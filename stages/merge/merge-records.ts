import type { DatasetRecord } from '../lib/dataset/record.js';
import { drawOf } from '../lib/dataset/sample-contents.js';
import type { ClassMapping } from './class-mapping.js';
import { UniqueNames } from '../lib/dataset/unique-names.js';

export interface MergeOptions {
  readonly mapping: ClassMapping;
  /** What becomes of an image whose content an earlier record has already. */
  readonly duplicates: 'drop' | 'keep';
  /** How often a source's images stand in the result; 1 where there is no number. */
  readonly weights?: readonly number[];
  /** Picks the images that a weight's fraction adds or leaves out. */
  readonly seed?: number;
}

/** What a merge did to the records that went through it; complete when the stream is at its end. */
export interface MergeCounts {
  /** Images that were taken, and their objects, by source. */
  readonly taken: number[];
  readonly objects: number[];
  /** Images left out because an earlier one has the same content. */
  duplicates: number;
  /** Ids of those among the duplicates whose boxes differ from the earlier one's. */
  readonly contradicting: string[];
  /** Images that got another id or file name because theirs was in use. */
  renamed: number;
  /** Objects that were dropped, by class. */
  readonly droppedObjects: Map<string, number>;
}

export function emptyCounts(sourceCount: number): MergeCounts {
  return {
    taken: Array.from({ length: sourceCount }, () => 0),
    objects: Array.from({ length: sourceCount }, () => 0),
    duplicates: 0,
    contradicting: [],
    renamed: 0,
    droppedObjects: new Map(),
  };
}

/**
 * One stream of records out of several, in their order. Classes are mapped; a taken id or file name gets a number;
 * an image content that was there before goes out (the earlier boxes stand). A source appended at the end changes
 * nothing about the records before it. A weight repeats a source's images, under names of their own, or thins them
 * out. Provenance stays; where a record has none, its source's place is written.
 * @param counts is filled in
 */
export async function* mergeRecords(
  sources: readonly (AsyncIterable<DatasetRecord> | Iterable<DatasetRecord>)[],
  options: MergeOptions,
  counts: MergeCounts,
): AsyncIterable<DatasetRecord> {
  const ids = new UniqueNames();
  const images = new UniqueNames((path) => path.toLowerCase());
  const boxesOfContent = new Map<string, number>();
  for (const [position, source] of sources.entries()) {
    for await (const record of source) {
      const objects = mapObjects(record, options.mapping, counts);
      if (options.duplicates === 'drop') {
        const boxes = signature(objects);
        const earlier = boxesOfContent.get(record.imageDigest);
        if (earlier !== undefined) {
          counts.duplicates += 1;
          if (earlier !== boxes) counts.contradicting.push(record.id);
          continue;
        }
        boxesOfContent.set(record.imageDigest, boxes);
      }
      const dataset = record.source.dataset === '' ? `input-${position + 1}` : record.source.dataset;
      const times = timesOf(record, options.weights?.[position] ?? 1, options.seed ?? 0);
      for (let time = 0; time < times; time++) {
        const id = ids.claim(record.id);
        const image = images.claim(record.image, true);
        if (time === 0 && (id !== record.id || image !== record.image)) counts.renamed += 1;
        counts.taken[position] = (counts.taken[position] ?? 0) + 1;
        counts.objects[position] = (counts.objects[position] ?? 0) + objects.length;
        yield { ...record, id, image, objects, source: { ...record.source, dataset } };
      }
    }
  }
}

/** A weight's whole part, and one more for so many images as its fraction says. */
function timesOf({ imageDigest }: DatasetRecord, weight: number, seed: number): number {
  const whole = Math.floor(weight);
  return weight === whole ? whole : whole + (drawOf('weight', imageDigest, seed) < weight - whole ? 1 : 0);
}

function mapObjects(
  record: DatasetRecord,
  mapping: ClassMapping,
  counts: MergeCounts,
): DatasetRecord['objects'] {
  const objects: DatasetRecord['objects'] = [];
  for (const object of record.objects) {
    const target = mapping.target(object.class);
    if (target !== undefined) objects.push(target === object.class ? object : { ...object, class: target });
    else counts.droppedObjects.set(object.class, (counts.droppedObjects.get(object.class) ?? 0) + 1);
  }
  return objects;
}

/**
 * What two records of one image must agree about, boxes and classes in any order, as one number: one is kept for every
 * image. Two that differ have, all but surely, different ones; the order of the sum is that of the boxes, so it is
 * over whole numbers, which add up exactly.
 */
function signature(objects: DatasetRecord['objects']): number {
  let sum = 0;
  for (const { class: name, box } of objects) {
    let hash = 0x811c9dc5;
    for (let index = 0; index < name.length; index++)
      hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193);
    // Sixteenths of a pixel: what formats round is no contradiction.
    for (const value of box) hash = Math.imul(hash ^ Math.round(value * 16), 0x01000193) ^ (hash >>> 15);
    sum += hash >>> 0;
  }
  return sum;
}
