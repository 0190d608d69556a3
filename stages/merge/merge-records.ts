import { RandomStream } from '../../pipeline/core/seed.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import type { ClassMapping } from './class-mapping.js';
import { UniqueNames } from './unique-names.js';

export interface MergeOptions {
  readonly mapping: ClassMapping;
  /** What becomes of an image whose content an earlier record has already. */
  readonly duplicates: 'drop' | 'keep';
}

/** What a merge did to the records that went through it; complete when the stream is at its end. */
export interface MergeCounts {
  /** Images that were taken, by source. */
  readonly taken: number[];
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
    duplicates: 0,
    contradicting: [],
    renamed: 0,
    droppedObjects: new Map(),
  };
}

/**
 * One stream of records out of several, in their order. Classes are mapped; a taken id or file name gets a number;
 * an image content that was there before goes out (the earlier boxes stand). A source appended at the end changes
 * nothing about the records before it. Provenance stays; where a record has none, its source's place is written.
 * @param counts is filled in
 */
export async function* mergeRecords(
  sources: readonly (AsyncIterable<DatasetRecord> | Iterable<DatasetRecord>)[],
  options: MergeOptions,
  counts: MergeCounts,
): AsyncIterable<DatasetRecord> {
  const ids = new UniqueNames();
  const images = new UniqueNames((path) => path.toLowerCase());
  const boxesOfContent = new Map<string, string>();
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
      const id = ids.claim(record.id);
      const image = images.claim(record.image, true);
      if (id !== record.id || image !== record.image) counts.renamed += 1;
      counts.taken[position] = (counts.taken[position] ?? 0) + 1;
      const dataset = record.source.dataset === '' ? `input-${position + 1}` : record.source.dataset;
      yield { ...record, id, image, objects, source: { ...record.source, dataset } };
    }
  }
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

/** Boxes and classes as one text: what two records of one image must agree about. */
function signature(objects: DatasetRecord['objects']): string {
  return objects
    .map((object) => `${object.class} ${object.box.join(' ')}`)
    .sort()
    .join(';');
}

/**
 * Picks `limit` records that depend on the seed and on the images' contents alone: those whose hash comes first.
 * A smaller limit picks a part of what a larger one picks; a new image pushes out at most one other.
 * @returns the chosen contents
 */
export async function sampleContents(
  records: AsyncIterable<DatasetRecord> | Iterable<DatasetRecord>,
  limit: number,
  seed: number,
): Promise<ReadonlySet<string>> {
  const drawn = new Map<string, number>();
  for await (const { imageDigest } of records)
    if (!drawn.has(imageDigest)) drawn.set(imageDigest, new RandomStream(seed, 'limit', imageDigest).next());
  const ordered = [...drawn].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
  return new Set(ordered.slice(0, limit).map(([digest]) => digest));
}
