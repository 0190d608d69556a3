import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { readJsonSections } from '../lib/formats/json-sections.js';
import type { BoxEvaluation } from '../lib/metrics/coco-match.js';
import { NumberList } from '../lib/metrics/number-list.js';

/** An evaluation out of COCO files, and what it is about. */
export interface CocoFiles {
  readonly evaluation: BoxEvaluation;
  /** In the order of their ids, as pycocotools sorts them. */
  readonly categories: readonly { readonly id: number; readonly name: string }[];
  /** Ids of the images, sorted. */
  readonly imageIds: readonly number[];
  /** What is odd, but harms no figure. */
  readonly warnings: readonly string[];
}

type Coordinates = 'auto' | 'pixel' | 'normalised';
type Box = readonly [x: number, y: number, width: number, height: number];

const id = z.number().int();
const box = z.tuple([z.number(), z.number(), z.number(), z.number()]);
const imageSchema = z.object({ id, width: z.number().optional(), height: z.number().optional() });
const categorySchema = z.object({ id, name: z.string() });
const annotationSchema = z.object({
  id: id.optional(),
  image_id: id,
  category_id: id,
  bbox: box,
  area: z.number().optional(),
  iscrowd: z.union([z.literal(0), z.literal(1), z.boolean()]).optional(),
});
const resultSchema = z.object({ image_id: id, category_id: id, bbox: box, score: z.number() });

interface Image {
  readonly number: number;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/**
 * Reads truth and predictions in COCO's forms, streamed.
 * @throws UserError that names the file and the element for whatever cannot be: unknown images or categories, ids that
 *   stand twice, scores that are no numbers, a truth without objects, boxes that look normalised
 */
export async function readCocoFiles(
  truthPath: string,
  predictionsPath: string,
  coordinates: Coordinates,
): Promise<CocoFiles> {
  const warnings: string[] = [];
  const { images, categories, truth } = await readTruth(truthPath, warnings);
  const classOf = new Map(categories.map((category, index) => [category.id, index]));
  const found = newColumns();
  const scores = new NumberList();
  let [largestSide, count] = [0, 0];
  const sections = await readJsonSections(predictionsPath, {
    '': (element, index) => {
      const place = `${predictionsPath}, element ${index}`;
      const result = check(resultSchema, element, place);
      const image = images.get(result.image_id);
      if (!image) throw unknown(place, 'image', result.image_id, truthPath);
      const k = classOf.get(result.category_id);
      if (k === undefined) throw unknown(place, 'category', result.category_id, truthPath);
      const bbox = coordinates === 'normalised' ? inPixels(result.bbox, image, place) : result.bbox;
      largestSide = Math.max(largestSide, ...bbox);
      push(found, image.number, k, bbox);
      scores.push(result.score);
      count += 1;
    },
  });
  if (!sections.has(''))
    throw new UserError(`${predictionsPath} is no array of results.`, {
      hint: 'Predictions are [{ "image_id", "category_id", "bbox": [x, y, width, height], "score" }, …].',
    });
  if (count === 0) warnings.push(`${predictionsPath} holds no prediction, so nothing is found.`);
  const smallest = Math.min(...Array.from(images.values(), ({ width }) => width ?? Infinity));
  if (coordinates === 'auto' && count > 0 && largestSide <= 2 && smallest > 8)
    throw new UserError(
      `${predictionsPath}: no box reaches beyond ${largestSide}, so they look normalised to 0–1, not in pixels.`,
      { hint: 'Say which is meant: --coordinates normalised or --coordinates pixel.' },
    );
  return {
    evaluation: {
      imageCount: images.size,
      classCount: categories.length,
      truth,
      detections: { ...valuesOf(found), score: scores.values() },
    },
    categories,
    imageIds: [...images.keys()],
    warnings,
  };
}

async function readTruth(path: string, warnings: string[]) {
  const given: z.infer<typeof imageSchema>[] = [];
  const categories: z.infer<typeof categorySchema>[] = [];
  const annotations: z.infer<typeof annotationSchema>[] = [];
  const into =
    <S extends z.ZodType>(list: z.output<S>[], schema: S, section: string) =>
    (element: unknown, index: number): void =>
      void list.push(check(schema, element, `${path}, ${section} ${index}`));
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
  const zero = annotations.filter((annotation) => annotation.id === 0).length;
  if (zero > 0)
    warnings.push(
      `${path}: an annotation has the id 0; pycocotools never finds it, here it counts. Number annotations from 1 on.`,
    );
  given.sort((a, b) => a.id - b.id);
  categories.sort((a, b) => a.id - b.id);
  const images = new Map(
    given.map((image, number): [number, Image] => [
      image.id,
      { number, width: image.width, height: image.height },
    ]),
  );
  const classOf = new Map(categories.map((category, index) => [category.id, index]));
  const columns = newColumns();
  const [areaPx, crowd] = [new NumberList(), new NumberList()];
  for (const [index, annotation] of annotations.entries()) {
    const place = `${path}, annotations ${index}`;
    const image = images.get(annotation.image_id);
    if (!image) throw unknown(place, 'image', annotation.image_id, path);
    const k = classOf.get(annotation.category_id);
    if (k === undefined) throw unknown(place, 'category', annotation.category_id, path);
    push(columns, image.number, k, annotation.bbox);
    areaPx.push(annotation.area ?? annotation.bbox[2] * annotation.bbox[3]);
    crowd.push(annotation.iscrowd === 1 || annotation.iscrowd === true ? 1 : 0);
  }
  const truth = { ...valuesOf(columns), areaPx: areaPx.values(), crowd: crowd.values() };
  return { images, categories, truth };
}

function check<S extends z.ZodType>(schema: S, element: unknown, place: string): z.output<S> {
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

function unknown(place: string, what: string, value: number, truthPath: string): UserError {
  return new UserError(`${place}: ${what} ${value} is not in the truth.`, {
    hint: `${truthPath} lists the ${what === 'image' ? 'images' : 'categories'} that there are. Are these two files of one dataset?`,
  });
}

function inPixels(bbox: Box, { width, height }: Image, place: string): Box {
  if (width === undefined || height === undefined)
    throw new UserError(
      `${place}: the truth does not say how large its image is, so a normalised box has no place.`,
    );
  return [bbox[0] * width, bbox[1] * height, bbox[2] * width, bbox[3] * height];
}

interface Columns {
  readonly image: NumberList;
  readonly class: NumberList;
  readonly boxesXywhPx: NumberList;
}

function newColumns(): Columns {
  return { image: new NumberList(), class: new NumberList(), boxesXywhPx: new NumberList() };
}

function push(columns: Columns, image: number, k: number, bbox: Box): void {
  columns.image.push(image);
  columns.class.push(k);
  columns.boxesXywhPx.push(bbox[0], bbox[1], bbox[2], bbox[3]);
}

function valuesOf({ image, class: classes, boxesXywhPx }: Columns) {
  return { image: image.values(), class: classes.values(), boxesXywhPx: boxesXywhPx.values() };
}
