import type { OpenedAnnotations } from '../annotation.js';
import { annotationError, type AnnotationPlace } from '../annotation-place.js';
import { sortedClasses } from '../class-list.js';
import type { ReadRequest } from '../format.js';
import { imageOfFeatures, type ExampleImage } from './features.js';
import { readExamples, readLabelMap } from './shards.js';

/**
 * Opens TFRecord shards of tf.train.Example. The images are in them. The order of the classes is a label map's, given
 * or lying beside the shards; without one, all shards are read once before to learn the names, which are sorted.
 */
export async function openTfRecord({ tree, classes }: ReadRequest): Promise<OpenedAnnotations> {
  const nameOfLabel = await readLabelMap(tree, classes);
  const images = async function* (): AsyncIterable<{
    readonly image: ExampleImage;
    readonly place: AnnotationPlace;
  }> {
    for await (const { features, place } of readExamples(tree))
      yield { image: imageOfFeatures(features, nameOfLabel, place), place };
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
