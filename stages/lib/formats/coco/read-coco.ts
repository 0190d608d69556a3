import type { Annotation, OpenedAnnotations } from '../annotation.js';
import { annotationError, type AnnotationPlace } from '../annotation-place.js';
import type { ReadRequest } from '../format.js';
import { GroupedLines } from '../grouped-lines.js';
import { readJsonElements } from '../json-elements.js';
import { objectOfCoco, plainAttributes } from './objects.js';
import {
  checkedCoco,
  cocoAnnotationSchema,
  cocoCategorySchema,
  cocoImageSchema,
  type CocoAnnotation,
  type CocoCategory,
  type CocoImage,
} from './schema.js';

/** An annotation as it waits for its image, with its place in the file. */
type Waiting = [index: number, line: number, annotation: CocoAnnotation];

/**
 * Opens a COCO file of instances (or person keypoints). It is read once, streamed; annotations wait for their image
 * in a scratch file, so the three lists may come in any order. A class's place is that of its category in the file:
 * category ids are not relied on, neither to begin at 1 nor to be without gaps.
 * @throws UserError with file, line and element for what is no COCO, an unknown category, an id that stands twice
 */
export async function openCoco({ tree, scratch, notes }: ReadRequest): Promise<OpenedAnnotations> {
  const file = tree.only;
  const images = new Map<string, { readonly image: CocoImage; readonly place: AnnotationPlace }>();
  const categories = new Map<string, CocoCategory>();
  const waiting = new GroupedLines<Waiting>(scratch, 'coco-annotations');
  const seen = new Set<string>();
  const wanted = new Set(['images', 'annotations', 'categories']);
  const elements = readJsonElements(await tree.open(file), file, wanted, seen);
  for await (const { list, index, line, value } of elements) {
    const place = { file, line, element: `${list}[${index}]` };
    if (list === 'images') {
      const image = checkedCoco(cocoImageSchema, value, place);
      addOnce(images, String(image.id), { image, place }, place);
    } else if (list === 'categories') {
      const category = checkedCoco(cocoCategorySchema, value, place);
      if ([...categories.values()].some(({ name }) => name === category.name))
        notes.count(
          '{n} categories have the name of another one and become one class with it',
          category.name,
        );
      addOnce(categories, String(category.id), category, place);
    } else {
      const annotation = checkedCoco(cocoAnnotationSchema, value, place);
      waiting.add(String(annotation.image_id), [index, line, annotation]);
    }
  }
  for (const list of ['images', 'categories'])
    if (!seen.has(list))
      throw annotationError(
        { file },
        `the file has no ${list}.`,
        'Expected COCO’s lists images, annotations and categories.',
      );
  const ofUnknownImages = [...waiting.groups()].filter((id) => !images.has(id));
  for (const id of ofUnknownImages)
    notes.count(
      '{n} annotations are left out because they are of images that the file does not list',
      `image_id ${id}`,
      waiting.values(id).length,
    );
  return {
    classes: [...new Set([...categories.values()].map(({ name }) => name))],
    async *annotations() {
      for (const [id, { image, place }] of images)
        yield annotationOf(image, place, waiting.values(id), categories, file);
      waiting.close();
    },
  };
}

function annotationOf(
  image: CocoImage,
  place: AnnotationPlace,
  waiting: readonly Waiting[],
  categories: ReadonlyMap<string, CocoCategory>,
  file: string,
): Annotation {
  const objects = waiting.map(([index, line, annotation]) => {
    const at = { file, line, element: `annotations[${index}]` };
    const category = categories.get(String(annotation.category_id));
    if (!category)
      throw annotationError(
        at,
        `category_id ${annotation.category_id} is none of the file’s categories.`,
        `They are ${[...categories].map(([id, { name }]) => `${id} (${name})`).join(', ')}.`,
      );
    return objectOfCoco(annotation, category.name, category.keypoints ?? [], at);
  });
  return {
    image: image.file_name,
    place,
    ...(image.width && image.height ? { size: { width: image.width, height: image.height } } : {}),
    objects: () => objects,
    ...(image.attributes ? { attributes: plainAttributes(image.attributes) } : {}),
    ...(image.provenance ? { source: image.provenance } : {}),
  };
}

function addOnce<T>(map: Map<string, T>, id: string, value: T, place: AnnotationPlace): void {
  if (map.has(id)) throw annotationError(place, `the id ${id} stands there twice.`);
  map.set(id, value);
}
