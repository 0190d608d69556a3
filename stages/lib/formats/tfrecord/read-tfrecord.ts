import { posix } from 'node:path';
import { UserError } from '../../../../pipeline/core/user-error.js';
import type { OpenedAnnotations } from '../annotation.js';
import { annotationError, type AnnotationPlace } from '../annotation-place.js';
import { parseClassNames, sortedClasses } from '../class-list.js';
import type { ReadRequest } from '../format.js';
import type { FileTree } from '../file-tree.js';
import { decodeExample } from './example.js';
import { imageOfFeatures, type ExampleImage } from './features.js';
import { readRecords } from './frames.js';
import { parseLabelMap } from './label-map.js';

/**
 * Opens TFRecord shards of tf.train.Example. The images are in them. The order of the classes is a label map's, given
 * or lying beside the shards; without one, all shards are read once before to learn the names, which are sorted.
 */
export async function openTfRecord({ tree, classes }: ReadRequest): Promise<OpenedAnnotations> {
  const shards = tree.names.filter((name) =>
    /(\.tfrecords?|\.record|-\d{5}-of-\d{5})$/i.test(posix.basename(name)),
  );
  if (shards.length === 0)
    throw new UserError(`There is no TFRecord shard in ${tree.folder}.`, {
      hint: 'Shards are called ….tfrecord, ….record or …-00000-of-00010.',
    });
  const nameOfLabel = await labelMap(tree, classes);
  const images = async function* (): AsyncIterable<{
    readonly image: ExampleImage;
    readonly place: AnnotationPlace;
  }> {
    for (const shard of shards) {
      let number = 0;
      for await (const record of readRecords(await tree.open(shard), shard)) {
        const place = { file: shard, element: `record ${++number}` };
        yield { image: imageOfFeatures(decode(record, place), nameOfLabel, place), place };
      }
    }
  };
  let names: readonly string[] = [...nameOfLabel.values()];
  if (names.length === 0) {
    const used = new Set<string>();
    for await (const { image } of images()) for (const name of image.classes) used.add(name);
    names = sortedClasses(used);
  }
  const known = new Set(names);
  return {
    classes: names,
    async *annotations() {
      let number = 0;
      for await (const { image, place } of images()) {
        number += 1;
        for (const name of image.classes)
          if (!known.has(name))
            throw annotationError(
              place,
              `the class "${name}" is not in the label map.`,
              `It has ${names.join(', ')}.`,
            );
        const filename = image.filename === '' ? `image-${String(number).padStart(8, '0')}` : image.filename;
        yield {
          image: insideName(filename),
          place,
          content: image.encoded,
          objects: image.objects,
          ...(image.size ? { size: image.size } : {}),
          ...(image.id === undefined ? {} : { id: image.id }),
        };
      }
    },
  };
}

/** The name of an image in a shard is only a name: what leads out of a folder is taken off. */
function insideName(filename: string): string {
  const parts = filename.replaceAll('\\', '/').split('/');
  return (
    parts
      .filter((part) => part !== '' && part !== '.' && part !== '..' && !/^[a-z]:$/i.test(part))
      .join('/') || 'image'
  );
}

function decode(record: Uint8Array, place: AnnotationPlace): ReturnType<typeof decodeExample> {
  try {
    return decodeExample(record);
  } catch (cause) {
    throw annotationError(place, 'it is no tf.train.Example.', undefined, cause);
  }
}

async function labelMap(
  tree: FileTree,
  given: { readonly file: string; readonly text: string } | undefined,
): Promise<ReadonlyMap<number, string>> {
  if (given) {
    if (/\bitem\s*\{/.test(given.text)) return parseLabelMap(given.text, given.file);
    return new Map(parseClassNames(given.text, given.file).map((name, index) => [index + 1, name]));
  }
  const [beside, ...others] = tree.matching(/\.pbtxt$/i);
  if (beside === undefined) return new Map();
  if (others.length > 0)
    throw new UserError(`There are several label maps: ${[beside, ...others].join(', ')}.`, {
      hint: 'Say which one (classes).',
    });
  return parseLabelMap(await tree.readText(beside), beside);
}
