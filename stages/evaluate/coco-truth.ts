import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { readJsonSections } from '../lib/formats/json-sections.js';
import { readNumberRecords } from '../lib/formats/number-records.js';
import { RecordColumns, type Fields, type NumberRecords } from '../lib/formats/record-columns.js';
import type { BoxEvaluation } from '../lib/metrics/box-evaluation.js';
import { looksNormalised } from '../lib/formats/box-units.js';
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
 * Reads a truth in COCO's form; files of more than half a gigabyte are streamed.
 * @throws UserError that names the file and the element for whatever cannot be: unknown images or categories, ids that
 *   stand twice, a truth without objects, boxes that look normalised
 */
export async function readCocoTruth(path: string): Promise<CocoTruth> {
  const warnings: string[] = [];
  const { images: given, categories, annotations } = await readLists(path);
  const { count, columns } = annotations;
  if (count === 0) throw new UserError(`${path} has no annotation, so there is nothing to find.`);
  expectOnce(
    path,
    'images',
    given.map(({ id }) => id),
  );
  expectOnce(
    path,
    'categories',
    categories.map(({ id }) => id),
  );
  expectOnce(path, 'annotations', columns.id);
  const zero = columns.id.indexOf(0);
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
  const { bbox: boxes, area, iscrowd } = columns;
  const [image, classes] = [new Uint32Array(count), new Uint32Array(count)];
  const [areaPx, crowd] = [new Float64Array(count), new Uint8Array(count)];
  const odd = new OddBoxes();
  const place = (index: number): string => `${path}, annotations ${index}`;
  for (let index = 0; index < count; index++) {
    const [imageId, categoryId] = [columns.image_id[index] as number, columns.category_id[index] as number];
    const its = images.get(imageId);
    if (!its) throw missingId(place(index), 'image', imageId);
    const k = classOf.get(categoryId);
    if (k === undefined) throw missingId(place(index), 'category', categoryId);
    odd.add(boxes, its, index);
    image[index] = its.number;
    classes[index] = k;
    const given = area[index] as number;
    areaPx[index] = Number.isNaN(given)
      ? (boxes[4 * index + 2] as number) * (boxes[4 * index + 3] as number)
      : given;
    crowd[index] = iscrowd[index] === 1 ? 1 : 0;
  }
  const largest = largestOf(boxes);
  if (looksNormalised(largest, narrowest(images)))
    throw new UserError(
      `${path}: no box reaches beyond ${largest}, so they look normalised to 0–1, not in pixels.`,
      {
        hint: 'COCO’s boxes are x, y, width and height in pixels: multiply them by the size of their image.',
      },
    );
  warnings.push(...odd.sentences(`${path}, annotations`));
  return {
    images,
    categories,
    truth: { image, class: classes, boxesXywhPx: boxes, areaPx, crowd },
    warnings,
  };
}

const annotationFields = {
  id: { kind: 'whole', optional: true },
  image_id: { kind: 'whole' },
  category_id: { kind: 'whole' },
  bbox: { kind: 'list', length: 4 },
  area: { kind: 'number', optional: true },
  iscrowd: { kind: 'flag', optional: true },
} as const satisfies Fields;

interface CocoLists {
  readonly images: z.output<typeof imageSchema>[];
  readonly categories: z.output<typeof categorySchema>[];
  readonly annotations: NumberRecords<typeof annotationFields>;
}

/** The three lists of a COCO file, annotations column by column. */
async function readLists(path: string): Promise<CocoLists> {
  const images: CocoLists['images'] = [];
  const categories: CocoLists['categories'] = [];
  const into =
    <S extends z.ZodType>(list: z.output<S>[], schema: S, section: string) =>
    (element: unknown, index: number): void =>
      void list.push(checkElement(schema, element, `${path}, ${section} ${index}`));
  const [takeImage, takeCategory] = [
    into(images, imageSchema, 'images'),
    into(categories, categorySchema, 'categories'),
  ];
  const read = await readNumberRecords(path, 'annotations', annotationFields, ['images', 'categories']);
  const [readImages, readCategories] = [read?.members.get('images'), read?.members.get('categories')];
  if (read && Array.isArray(readImages) && Array.isArray(readCategories)) {
    readImages.forEach(takeImage);
    readCategories.forEach(takeCategory);
    return { images, categories, annotations: read };
  }
  const annotations = new RecordColumns(annotationFields);
  const sections = await readJsonSections(path, {
    images: takeImage,
    categories: takeCategory,
    annotations: (element, index) =>
      annotations.add(checkElement(annotationSchema, element, `${path}, annotations ${index}`)),
  });
  for (const section of ['images', 'categories', 'annotations'])
    if (!sections.has(section))
      throw new UserError(`${path} has no ${section}, so it is no COCO truth.`, {
        hint: 'A COCO truth is a JSON object with images, categories and annotations.',
      });
  return { images, categories, annotations };
}

/** The largest of numbers; -Infinity where there is none. */
export function largestOf(numbers: Float64Array): number {
  return numbers.reduce((largest, number) => Math.max(largest, number), -Infinity);
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

/** @param ids of the entries of a section, NaN for those without */
function expectOnce(path: string, section: string, ids: ArrayLike<number>): void {
  const sorted = Float64Array.from(ids).sort();
  const twice = sorted.find((id, place) => id === sorted[place + 1]);
  if (twice === undefined) return;
  const [first, second] = Array.from(ids).flatMap((id, place) => (id === twice ? [place] : []));
  throw new UserError(`${path}: ${section} ${first} and ${second} have the same id ${twice}.`, {
    hint: 'Ids must be unique; elements are counted from 0.',
  });
}

function missingId(place: string, what: 'image' | 'category', value: number): UserError {
  const list = what === 'image' ? 'images' : 'categories';
  return new UserError(`${place}: ${what} ${value} is not among the ${list} of this file.`, {
    hint: `Add it to "${list}", or take its annotations out.`,
  });
}

/** The error for an id that the truth does not have. */
export function unknownId(place: string, what: string, value: number, truthPath: string): UserError {
  return new UserError(`${place}: ${what} ${value} is not in the truth.`, {
    hint: `${truthPath} lists the ${what === 'image' ? 'images' : 'categories'} that there are. Are these two files of one dataset?`,
  });
}
