import { z } from 'zod';
import { annotationError } from '../formats/annotation-place.js';
import { checkedCoco, cocoCategorySchema, cocoImageSchema } from '../formats/coco/schema.js';
import type { FileTree } from '../formats/file-tree.js';
import { readJsonElements } from '../formats/json-elements.js';
import type { DetectionsRequest, ForeignDetection } from './foreign-detection.js';

/** A detection in COCO's results. */
export const cocoResultSchema = z.object({
  image_id: z.number().int(),
  category_id: z.number().int(),
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  score: z.number(),
});

type CocoResult = z.infer<typeof cocoResultSchema>;

/**
 * Whether the schema above would let a value through. A copy and an error for each of hundreds of thousands cost more
 * than their figures; the schema is asked what is wrong with those that are not.
 */
export function isCocoResult(value: unknown): value is CocoResult {
  if (typeof value !== 'object' || value === null) return false;
  const { image_id, category_id, bbox, score } = value as Readonly<Record<string, unknown>>;
  return (
    Number.isSafeInteger(image_id) &&
    Number.isSafeInteger(category_id) &&
    Number.isFinite(score) &&
    Array.isArray(bbox) &&
    bbox.length === 4 &&
    bbox.every(Number.isFinite)
  );
}

const namesSchemas = { images: cocoImageSchema, categories: cocoCategorySchema };

/**
 * COCO's results. Their ids mean something only beside a COCO file with images and categories.
 * @param names that file
 * @throws UserError with file, line and element: what is no result, an id that the names do not have, an unknown image
 */
export async function* readCocoDetections(
  { tree, images }: DetectionsRequest,
  names: FileTree,
): AsyncIterable<ForeignDetection> {
  const fileNames = new Map<string, string>();
  const classNames = new Map<string, string>();
  const wanted = new Set(Object.keys(namesSchemas));
  for await (const { list, index, line, value } of readJsonElements(
    await names.open(names.only),
    names.only,
    wanted,
  )) {
    const place = { file: names.only, line, element: `${list}[${index}]` };
    if (list === 'images') {
      const image = checkedCoco(namesSchemas.images, value, place);
      fileNames.set(String(image.id), image.file_name);
    } else {
      const category = checkedCoco(namesSchemas.categories, value, place);
      classNames.set(String(category.id), category.name);
    }
  }
  const file = tree.only;
  for await (const { index, line, value } of readJsonElements(await tree.open(file), file, new Set(['']))) {
    const place = { file, line, element: `element ${index}` };
    const result = checkedCoco(cocoResultSchema, value, place);
    const meaning = (map: ReadonlyMap<string, string>, what: string, id: number): string => {
      const name = map.get(String(id));
      if (name !== undefined) return name;
      throw annotationError(
        place,
        `${what} ${id} is not in ${names.only}.`,
        'Are these two files of one dataset?',
      );
    };
    const [x, y, width, height] = result.bbox;
    yield {
      place,
      image: images.find(meaning(fileNames, 'image', result.image_id), place),
      class: meaning(classNames, 'category', result.category_id),
      score: result.score,
      box: [x, y, x + width, y + height],
    };
  }
}
