import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { readJsonSections } from '../lib/formats/json-sections.js';
import type { BoxEvaluation } from '../lib/metrics/coco-match.js';
import { NumberList } from '../lib/metrics/number-list.js';
import { looksNormalised } from '../lib/formats/box-units.js';
import { newColumns, pushBox, valuesOf } from './box-columns.js';
import { OddBoxes } from './odd-boxes.js';

const id = z.number().int();
const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const imageSchema = z.object({
  id,
  file_name: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
});
const categorySchema = z.object({ id, name: z.string() });
const annotationSchema = z.object({
  id: id.optional(),
  image_id: id,
  category_id: id,
  bbox: box,
  area: z.number().optional(),
  iscrowd: z.union([z.literal(0), z.literal(1), z.boolean()]).optional(),
});

export interface CocoTruthImage {
  /** Its place among the images, sorted by id. */
  readonly number: number;
  readonly fileName: string | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** A COCO file with the right boxes. */
export interface CocoTruth {
  /** By their ids, sorted. */
  readonly images: ReadonlyMap<number, CocoTruthImage>;
  /** In the order of their ids, as pycocotools sorts them. */
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  readonly truth: BoxEvaluation['truth'];
  /** What is odd, but harms no figure. */
  readonly warnings: readonly string[];
}

/**
 * Reads a truth in COCO's form, streamed.
 * @throws UserError that names the file and the element for whatever cannot be: unknown images or categories, ids that
 *   stand twice, a truth without objects, boxes that look normalised
 */
export async function readCocoTruth(path: string): Promise<CocoTruth> {
  const warnings: string[] = [];
  const given: z.infer<typeof imageSchema>[] = [];
  const categories: z.infer<typeof categorySchema>[] = [];
  const annotations: z.infer<typeof annotationSchema>[] = [];
  const into =
    <S extends z.ZodType>(list: z.output<S>[], schema: S, section: string) =>
    (element: unknown, index: number): void =>
      void list.push(checkElement(schema, element, `${path}, ${section} ${index}`));
  const sections = await readJsonSections(path, {
    images: into(given, imageSchema, 'images'),
    categories: into(categories, categorySchema, 'categories'),
    annotations: into(annotations, annotationSchema, 'annotations'),
  });
  for (const section of ['images', 'categories', 'annotations'])
    if (!sections.has(section))
      throw new UserError(`${path} has no ${section}, so it is no COCO truth.`, {
        hint: 'A COCO truth is a JSON object with images, categories and annotations.',
      });
  if (annotations.length === 0)
    throw new UserError(`${path} has no annotation, so there is nothing to find.`);
  expectOnce(path, 'images', given);
  expectOnce(path, 'categories', categories);
  expectOnce(path, 'annotations', annotations);
  const zero = annotations.findIndex((annotation) => annotation.id === 0);
  if (zero >= 0)
    warnings.push(
      `${path}, annotations ${zero}: the id is 0; pycocotools never finds it, here it counts. Number annotations from 1 on.`,
    );
  given.sort((a, b) => a.id - b.id);
  categories.sort((a, b) => a.id - b.id);
  const images = new Map(
    given.map((image, number): [number, CocoTruthImage] => [
      image.id,
      { number, fileName: image.file_name, width: image.width, height: image.height },
    ]),
  );
  const classOf = new Map(categories.map((category, index) => [category.id, index]));
  const columns = newColumns();
  const [areaPx, crowd] = [new NumberList(), new NumberList()];
  const odd = new OddBoxes();
  let largest = -Infinity;
  for (const [index, annotation] of annotations.entries()) {
    const place = `${path}, annotations ${index}`;
    const image = images.get(annotation.image_id);
    if (!image) throw unknownId(place, 'image', annotation.image_id, path);
    const k = classOf.get(annotation.category_id);
    if (k === undefined) throw unknownId(place, 'category', annotation.category_id, path);
    pushBox(columns, image.number, k, annotation.bbox);
    odd.add(annotation.bbox, image, index);
    largest = Math.max(largest, ...annotation.bbox);
    areaPx.push(annotation.area ?? annotation.bbox[2] * annotation.bbox[3]);
    crowd.push(annotation.iscrowd === 1 || annotation.iscrowd === true ? 1 : 0);
  }
  if (looksNormalised(largest, narrowest(images)))
    throw new UserError(
      `${path}: no box reaches beyond ${largest}, so they look normalised to 0–1, not in pixels.`,
      {
        hint: 'COCO’s boxes are x, y, width and height in pixels: multiply them by the size of their image.',
      },
    );
  warnings.push(...odd.sentences(`${path}, annotations`));
  const truth = { ...valuesOf(columns), areaPx: areaPx.values(), crowd: crowd.values() };
  return { images, categories, truth, warnings };
}

/** The width of the narrowest image; Infinity where none is known. */
export function narrowest(images: CocoTruth['images']): number {
  return [...images.values()].reduce((least, { width }) => Math.min(least, width ?? Infinity), Infinity);
}

/** @throws UserError with the place, and what is wrong there */
export function checkElement<S extends z.ZodType>(schema: S, element: unknown, place: string): z.output<S> {
  const checked = schema.safeParse(element);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const where = issue && issue.path.length > 0 ? ` ${issue.path.join('.')}` : '';
  throw new UserError(`${place}:${where} ${issue?.message.replace(/^Invalid input: /, '') ?? 'is wrong'}`, {
    hint: 'Elements are counted from 0.',
  });
}

function expectOnce(
  path: string,
  section: string,
  entries: readonly { readonly id?: number | undefined }[],
): void {
  const placeOf = new Map<number, number>();
  for (const [index, entry] of entries.entries()) {
    if (entry.id === undefined) continue;
    const earlier = placeOf.get(entry.id);
    if (earlier !== undefined)
      throw new UserError(`${path}: ${section} ${earlier} and ${index} have the same id ${entry.id}.`, {
        hint: 'Ids must be unique; elements are counted from 0.',
      });
    placeOf.set(entry.id, index);
  }
}

/** The error for an id that the truth does not have. */
export function unknownId(place: string, what: string, value: number, truthPath: string): UserError {
  return new UserError(`${place}: ${what} ${value} is not in the truth.`, {
    hint: `${truthPath} lists the ${what === 'image' ? 'images' : 'categories'} that there are. Are these two files of one dataset?`,
  });
}
