import { UserError } from '../../pipeline/core/user-error.js';
import type { ItemResult, StageContext } from '../../pipeline/stage/context.js';
import { DatasetWriter } from '../lib/dataset/dataset-writer.js';
import { objectOfOpenImages } from '../lib/formats/openimages/boxes.js';
import { labelsOf, type ChosenImage } from './choose-images.js';
import { fetchedSchema, urlOf } from './fetch-batch.js';
import type { OpenImagesParams } from './params.js';

const namedMissing = 8;

/** Writes the dataset of the images that came. @throws UserError when more are missing than may be */
export async function collectImages(
  results: AsyncIterable<ItemResult<ChosenImage>>,
  context: StageContext<OpenImagesParams>,
): Promise<void> {
  const { params } = context;
  const missing: { readonly url: string; readonly reason: string }[] = [];
  const found: { readonly image: ChosenImage; readonly result: ItemResult }[] = [];
  for await (const result of results) {
    const fetched = fetchedSchema.parse(result.value);
    if ('missing' in fetched)
      missing.push({ url: urlOf(result.item, params.baseUrl), reason: fetched.missing });
    else found.push({ image: result.item, result });
  }
  const total = found.length + missing.length;
  const named = missing.slice(0, namedMissing).map(({ url, reason }) => `${url}: ${reason}`);
  if (missing.length > namedMissing) named.push(`… and ${missing.length - namedMissing} more`);
  const allowed = params.maxMissing < 1 ? params.maxMissing * total : params.maxMissing;
  if (missing.length > allowed || found.length === 0)
    throw new UserError(
      `${missing.length} of ${total} images are missing, more than \`maxMissing: ${params.maxMissing}\` allows.`,
      { details: named, hint: 'Look at `baseUrl`, or raise `maxMissing` if they are gone for good.' },
    );
  if (missing.length > 0)
    context.warn(`${missing.length} of ${total} images are left out: ${named.join('; ')}.`);

  const classes = [...new Set((await labelsOf(params.classes, context)).values())];
  const writer = new DatasetWriter(context.output('dataset'), { classes });
  let beyond = 0;
  for (const { image, result } of found) {
    const size = fetchedSchema.parse(result.value);
    const [file] = result.files;
    if ('missing' in size || !file) throw new Error(`${image.id} was committed without a file`);
    const objects = image.boxes.map(({ box, class: name }) => objectOfOpenImages(box, size, name));
    beyond += image.boxes.filter(({ box }) =>
      box.boxNormalised.some((value) => value < 0 || value > 1),
    ).length;
    await writer.add({
      id: image.id,
      image: file.path,
      imageDigest: file.digest,
      imageBytes: file.sizeBytes,
      width: size.width,
      height: size.height,
      objects,
      source: { dataset: 'openimages', group: image.id },
      attributes: {
        subset: image.subset,
        ...(image.rotationDegrees === undefined ? {} : { rotation: image.rotationDegrees }),
      },
    });
  }
  if (beyond > 0)
    context.warn(`${beyond} boxes reach over the edge of their image; \`check\` can clip them.`);
  await writer.finish();
  context.metric('images', writer.imageCount);
  context.metric('objects', writer.objectCount);
  context.metric('missing', missing.length);
  await showCounts(context, found.map(({ image }) => image), missing.length); // prettier-ignore
}

async function showCounts(
  context: StageContext<OpenImagesParams>,
  images: readonly ChosenImage[],
  missing: number,
): Promise<void> {
  const rows = new Map<string, { images: number; objects: number; crowds: number }>();
  for (const { boxes } of images) {
    const seen = new Set<string>();
    for (const { box, class: name } of boxes) {
      const row = rows.get(name) ?? { images: 0, objects: 0, crowds: 0 };
      rows.set(name, row);
      if (!seen.has(name)) row.images += 1;
      seen.add(name);
      row.objects += 1;
      if (box.groupOf) row.crowds += 1;
    }
  }
  await context.exhibit({
    type: 'table',
    title: 'Images of OpenImages',
    caption: `${images.length} images, ${missing} missing. An image counts for each class that it shows.`,
    columns: ['class', 'images', 'objects', 'of them groups'],
    rows: [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, row]) => [name, row.images, row.objects, row.crowds]), // prettier-ignore
  });
}
