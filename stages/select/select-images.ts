import { nearestName } from '../../pipeline/core/nearest-name.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import { DatasetWriter } from '../lib/dataset/dataset-writer.js';
import { passOnLearntImages } from '../lib/dataset/learnt-images.js';
import { readDataset, type Dataset } from '../lib/dataset/dataset.js';
import type { DatasetRecord, ObjectRecord } from '../lib/dataset/record.js';
import { isClass, isWithin, whyNotImage, whyNotObject, type Reason } from './conditions.js';
import type { SelectParams } from './params.js';
import { ImageQuotas } from './quotas.js';

const namedReasons = 6;

type Context = StageContext<SelectParams>;

/** The select stage: two passes, so that what is picked by number does not depend on the order of images. */
export async function selectImages(context: Context): Promise<void> {
  const { params, seed } = context;
  const dataset = await readDataset(context.input('dataset'), 'the dataset');
  checkClasses(params, dataset);
  const kept = params.objects.classes;
  const classes = dataset.header.classes.filter((name) => !kept || kept.includes(name));

  const quotas = new ImageQuotas(params, seed);
  const images = new Counts();
  const objects = new Counts();
  const attributes = new Set<string>();
  let [partly, unlabelled] = [0, 0];
  for await (const record of dataset.records()) {
    context.signal.throwIfAborted();
    for (const name of Object.keys(record.attributes)) attributes.add(name);
    const choice = choose(record, params);
    if (choice.why !== undefined) {
      images.add(choice.why);
      continue;
    }
    for (const reason of choice.dropped) objects.add(reason);
    // Whoever names classes means the others to be background.
    const visible = choice.dropped.filter((reason) => !isClass(reason));
    unlabelled += visible.length;
    if (visible.length > 0) partly += 1;
    quotas.add({ ...record, objects: [...choice.objects] });
  }
  checkAttributes(params, attributes, dataset);
  const picked = quotas.picked();
  const writer = new DatasetWriter(context.output('dataset'), { classes });
  for await (const record of dataset.records()) {
    context.signal.throwIfAborted();
    if (!picked.has(record.id)) continue;
    await writer.add({ ...record, objects: [...choose(record, params).objects] });
  }
  if (writer.imageCount === 0)
    throw new UserError(`None of ${dataset.header.imageCount} images is selected.`, {
      details: images.lines(),
      hint: 'Each line is a condition that images did not meet first; loosen one.',
    });
  await writer.finish();
  await passOnLearntImages(context.input('dataset'), context.output('dataset'));
  const total = dataset.header.imageCount;
  context.log(`${writer.imageCount} of ${total} images are selected.`);
  if (images.total > 0) context.warn(`${images.total} of ${total} images are not selected: ${images.lines().join(', ')}.`); // prettier-ignore
  if (quotas.isBounded) context.log(`${total - images.total - writer.imageCount} more were not picked.`);
  if (objects.total > 0) context.warn(`${objects.total} objects of the selected images are left out: ${objects.lines().join(', ')}.`); // prettier-ignore
  if (partly > 0)
    context.warn(
      `${unlabelled} of them, in ${partly} images, are of classes that are kept: a training takes what can be seen there for background. \`unselected: drop-image\` leaves such images out.`,
    );
  context.metric('images', writer.imageCount);
  context.metric('objects', writer.objectCount);
}

interface Choice {
  /** Why the image is not taken; undefined when it is. */
  readonly why: Reason | undefined;
  readonly objects: readonly ObjectRecord[];
  /** Why each object that is not kept is not. */
  readonly dropped: readonly Reason[];
}

function choose(record: DatasetRecord, params: SelectParams): Choice {
  const objects: ObjectRecord[] = [];
  const dropped: Reason[] = [];
  for (const object of record.objects) {
    const why = whyNotObject(object, record, params.objects);
    if (why === undefined) objects.push(object);
    else dropped.push(why);
  }
  const range = params.images.objects;
  const why =
    whyNotImage(record, params.images) ??
    (dropped.length > 0 && (objects.length === 0 || params.unselected === 'drop-image')
      ? (dropped[0] ?? 'objects')
      : range && !isWithin(objects.length, range)
        ? 'number of objects'
        : undefined);
  return { why, objects, dropped };
}

/** @throws UserError for a class that the dataset does not have */
function checkClasses({ objects, images }: SelectParams, { header, label }: Dataset): void {
  for (const name of [...(objects.classes ?? []), ...images.show, ...images.without]) {
    if (header.classes.includes(name)) continue;
    const near = nearestName(name, header.classes);
    throw new UserError(`There is no class "${name}" in ${label}.`, {
      hint: `It has ${header.classes.join(', ')}.${near === undefined ? '' : ` Is "${near}" meant?`}`,
    });
  }
}

/** @throws UserError for an attribute that no image has: a condition on it would select nothing, or everything */
function checkAttributes(params: SelectParams, known: ReadonlySet<string>, { label }: Dataset): void {
  for (const name of [...Object.keys(params.images.where), ...Object.keys(params.perValue)]) {
    if (known.has(name)) continue;
    const near = nearestName(name, known);
    throw new UserError(`No image of ${label} has the attribute "${name}".`, {
      hint:
        known.size === 0
          ? 'Its images have no attributes.'
          : `They have ${[...known].sort().join(', ')}.${near === undefined ? '' : ` Is "${near}" meant?`}`,
    });
  }
}

/** How often each reason was met. */
class Counts {
  readonly #counts = new Map<Reason, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(reason: Reason): void {
    this.#total += 1;
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  lines(): string[] {
    const sorted = [...this.#counts].sort(([, a], [, b]) => b - a);
    const shown = sorted.slice(0, namedReasons).map(([reason, count]) => `${count} for ${reason}`);
    const more = sorted.length - namedReasons;
    return more > 0 ? [...shown, `${more} more reasons`] : shown;
  }
}
