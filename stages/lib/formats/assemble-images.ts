import { UserError } from '../../../pipeline/core/user-error.js';
import type { ObjectRecord } from '../dataset/record.js';
import { displayedSize, displayedToStored } from '../imaging/exif-orientation.js';
import { decodeFully, inspectImage, type ImageFacts } from '../imaging/inspect-image.js';
import { orderedMap } from '../ordered-map.js';
import type { AnnotatedImage, Annotation, ImageContent } from './annotation.js';
import { annotationError, placeText } from './annotation-place.js';
import { UnitsWatch, type BoxUnits } from './box-units.js';
import type { CountedNotes } from './counted-notes.js';
import type { ImageFinder } from './image-finder.js';
import { withoutExtension } from './image-name.js';
import { moveObject } from './move-object.js';
import type { PixelSize } from './pixel-size.js';
import type { ReadOptions } from './read-options.js';
import { optionWords } from './option-words.js';

export interface AssembleRules extends Pick<
  ReadOptions,
  'orientation' | 'sizeMismatch' | 'unreadable' | 'decode'
> {
  /** What provenance says where the format says nothing. */
  readonly sourceName: string;
  /** What the format's boxes are written in; where it is given, they are checked for it. */
  readonly units?: BoxUnits;
  /** The group of an image by its name below the images' folder; by default each is a group of its own. */
  readonly groupOf?: (name: string) => string;
}

/** Heads that are read at once: sharp's threads do it. */
const concurrentHeads = 8;

/**
 * Joins annotations with their images: finds each image, reads its head, brings the boxes to the stored pixels, and
 * gives it an id. Streamed, in the order of the annotations.
 * @throws UserError with the place of what is wrong, where the rules do not say to leave it out
 */
export async function* assembleImages(
  annotations: AsyncIterable<Annotation>,
  finder: ImageFinder,
  rules: AssembleRules,
  notes: CountedNotes,
): AsyncIterable<AnnotatedImage> {
  const names = new ImageNames();
  const units = rules.units === undefined ? undefined : new UnitsWatch(rules.units);
  const looked = orderedMap(annotations, concurrentHeads, async (annotation) => ({
    annotation,
    image: await lookAt(annotation, finder, rules, notes),
  }));
  for await (const { annotation, image } of looked) {
    if (!image) continue;
    const objects = objectsInStoredPixels(annotation, image.facts, rules, notes);
    if (!objects) continue;
    units?.look(objects, image.facts.size, annotation.place);
    const { name, id } = names.claim(embeddedName(image.name, image.facts), annotation);
    yield {
      content: image.content,
      record: {
        id,
        image: `images/${name}`,
        ...image.facts.size,
        objects: [...objects],
        source: annotation.source ?? { dataset: rules.sourceName, group: rules.groupOf?.(name) ?? id },
        attributes: { ...annotation.attributes },
      },
    };
  }
  units?.conclude();
}

async function lookAt(
  annotation: Annotation,
  finder: ImageFinder,
  rules: AssembleRules,
  notes: CountedNotes,
): Promise<{ name: string; content: ImageContent; facts: ImageFacts } | undefined> {
  const { content: bytes } = annotation;
  const found = bytes === undefined ? await finder.find(annotation.image, annotation.place) : undefined;
  if (bytes === undefined && found === undefined) return undefined;
  const name = found?.name ?? annotation.image;
  const image = bytes ?? found?.path ?? '';
  try {
    const facts = await inspectImage(image, name);
    if (rules.decode === 'pixels') await decodeFully(image, name);
    return {
      name,
      facts,
      content: typeof image === 'string' ? { type: 'file', path: image } : { type: 'bytes', bytes: image },
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (rules.unreadable === 'error')
      throw new UserError(`${placeText(annotation.place)}: ${error.message}`, {
        hint: `Replace it, or say ${optionWords('unreadable', 'skip')} to leave such images out.`,
        cause: error,
      });
    notes.count('{n} images are left out because they cannot be read', name);
    return undefined;
  }
}

/** @returns undefined for an image that is left out, counted */
function objectsInStoredPixels(
  annotation: Annotation,
  { size: stored, orientation }: ImageFacts,
  rules: AssembleRules,
  notes: CountedNotes,
): readonly ObjectRecord[] | undefined {
  const displayed = displayedSize(stored, orientation);
  const given = annotation.size;
  const swaps = displayed.width !== stored.width;
  const turned =
    orientation !== 1 &&
    (rules.orientation === 'displayed' ||
      (rules.orientation === 'auto' && swaps && given !== undefined && equal(given, displayed)));
  if (
    orientation !== 1 &&
    rules.orientation === 'auto' &&
    !turned &&
    !(swaps && given && equal(given, stored))
  )
    notes.count(
      '{n} images are turned by EXIF, and their boxes are taken as drawn on the stored pixels; say ' +
        `${optionWords('orientation', 'displayed')} if they were drawn on what viewers show`,
      annotation.image,
    );
  const drawnOn = turned ? displayed : stored;
  const matches = given === undefined || equal(given, drawnOn);
  if (!matches && rules.sizeMismatch !== 'scale') {
    const what = `the image is ${drawnOn.width} × ${drawnOn.height}, but annotated as ${given.width} × ${given.height}`;
    if (rules.sizeMismatch === 'error')
      throw annotationError(
        annotation.place,
        `${what} (${annotation.image}).`,
        `Is it the right image? Say ${optionWords('sizeMismatch', 'scale')} where it was resized after it was annotated, or skip.`,
      );
    notes.count('{n} images are left out because they are not of the annotated size', annotation.image);
    return undefined;
  }
  let objects = annotation.objects(matches ? drawnOn : given);
  if (!matches) {
    const [sx, sy] = [drawnOn.width / given.width, drawnOn.height / given.height];
    objects = move(objects, (x, y) => [x * sx, y * sy], sx * sy, annotation, notes);
    notes.count('{n} images are not of the annotated size; their boxes are scaled', annotation.image);
  }
  if (!turned) return objects;
  notes.count(
    '{n} images are turned by EXIF; their boxes are turned back to the stored pixels',
    annotation.image,
  );
  return move(objects, displayedToStored(orientation, stored), 1, annotation, notes);
}

function move(
  objects: readonly ObjectRecord[],
  point: Parameters<typeof moveObject>[1],
  areaFactor: number,
  annotation: Annotation,
  notes: CountedNotes,
): readonly ObjectRecord[] {
  const lost = objects.filter(({ segmentation }) => segmentation && 'rle' in segmentation).length;
  if (lost > 0)
    notes.count(
      '{n} outlines of run lengths are left out, for their image is turned or scaled',
      annotation.image,
      lost,
    );
  return objects.map((object) => moveObject(object, point, areaFactor));
}

function equal(a: PixelSize, b: PixelSize): boolean {
  return a.width === b.width && a.height === b.height;
}

/** The name of an image; one that came without an extension gets that of its format. */
function embeddedName(name: string, { format }: ImageFacts): string {
  return /\.[a-z0-9]{2,5}$/i.test(name) ? name : `${name}.${format === 'jpeg' ? 'jpg' : format}`;
}

/** Folders that formats put all images into: they say nothing of an image. */
const imageFolders = /^(images|JPEGImages)\//;

/** Names and ids out of paths: without the formats' own folders, ids without the extension, where that is not taken. */
class ImageNames {
  readonly #places = new Map<string, string>();
  readonly #names = new Set<string>();
  readonly #ids = new Set<string>();

  /** @throws UserError for an image that comes twice, or a second image of the same id */
  claim(path: string, annotation: Annotation): { readonly name: string; readonly id: string } {
    const earlier = this.#places.get(path);
    if (earlier !== undefined)
      throw annotationError(
        annotation.place,
        `the image ${path} is annotated a second time; ${earlier} was the first.`,
        'Bring the two together.',
      );
    this.#places.set(path, placeText(annotation.place));
    const short = path.replace(imageFolders, '');
    const name = this.#names.has(short) ? path : short;
    this.#names.add(name);
    const wanted = annotation.id ?? withoutExtension(name);
    const id = this.#ids.has(wanted) ? name : wanted;
    if (this.#ids.has(id)) throw annotationError(annotation.place, `a second image has the id "${id}".`);
    this.#ids.add(id);
    return { name, id };
  }
}
