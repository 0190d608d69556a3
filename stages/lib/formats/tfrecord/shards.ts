import { posix } from 'node:path';
import { UserError } from '../../../../pipeline/core/user-error.js';
import { annotationError, type AnnotationPlace } from '../annotation-place.js';
import { parseClassNames } from '../class-list.js';
import type { FileTree } from '../file-tree.js';
import type { GivenClasses } from '../format.js';
import { decodeExample, type Features } from './example.js';
import { readRecords } from './frames.js';
import { parseLabelMap } from './label-map.js';
import { optionWords } from '../option-words.js';

/**
 * The examples of all TFRecord shards of a tree, streamed, in the order of the shards' names.
 * @throws UserError when there is no shard, or with the record's place for what is no tf.train.Example
 */
export async function* readExamples(
  tree: FileTree,
): AsyncIterable<{ readonly features: Features; readonly place: AnnotationPlace }> {
  const shards = tree.names.filter((name) =>
    /(\.tfrecords?|\.record|-\d{5}-of-\d{5})$/i.test(posix.basename(name)),
  );
  if (shards.length === 0)
    throw new UserError(`There is no TFRecord shard in ${tree.folder}.`, {
      hint: 'Shards are called ….tfrecord, ….record or …-00000-of-00010.',
    });
  for (const shard of shards) {
    let number = 0;
    for await (const record of readRecords(await tree.open(shard), shard)) {
      const place = { file: shard, element: `record ${++number}` };
      yield { features: decode(record, place), place };
    }
  }
}

function decode(record: Uint8Array, place: AnnotationPlace): Features {
  try {
    return decodeExample(record);
  } catch (cause) {
    throw annotationError(place, 'it is no tf.train.Example.', undefined, cause);
  }
}

/** Class names by their numbers: of a given list or label map, or of the one that lies beside the shards. */
export async function readLabelMap(
  tree: FileTree,
  given: GivenClasses | undefined,
): Promise<ReadonlyMap<number, string>> {
  if (given) {
    if (/\bitem\s*\{/.test(given.text)) return parseLabelMap(given.text, given.file);
    return new Map(parseClassNames(given.text, given.file).map((name, index) => [index + 1, name]));
  }
  const [beside, ...others] = tree.matching(/\.pbtxt$/i);
  if (beside === undefined) return new Map();
  if (others.length > 0)
    throw new UserError(`There are several label maps: ${[beside, ...others].join(', ')}.`, {
      hint: `Say which one: ${optionWords('classes')}.`,
    });
  return parseLabelMap(await tree.readText(beside), beside);
}
