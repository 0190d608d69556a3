import { concurrently } from '../../pipeline/core/concurrently.js';
import { UserError } from '../../pipeline/core/user-error.js';
import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import { frameRecordSchema, type FrameRecord } from '../lib/dataset/frame-record.js';
import type { DatasetHeader, DatasetRecord } from '../lib/dataset/record.js';
import { contactSheet, type Tile } from '../lib/imaging/contact-sheet.js';
import { drawBoxes } from '../lib/imaging/draw-boxes.js';
import { decodeMask } from '../lib/imaging/masks.js';
import { objectsOfFrame, type DropReason, type FrameObjects } from './objects-of-frame.js';
import type { AnnotateParams } from './params.js';

const framesAtOnce = 8;
const namedFailures = 8;
const sheetFrames = 24;
const sheetColumns = 6;
const tileWidthPx = 192;

/**
 * Frames → dataset. Images are referenced, not copied; a frame without objects stays as a negative.
 * @throws UserError that names every frame whose mask is missing, unreadable or not its own
 */
export async function annotateFrames(context: StageContext<AnnotateParams>): Promise<void> {
  const frames = context.input('frames');
  const records: FrameRecord[] = [];
  for await (const line of frames.readLines('frames.jsonl'))
    records.push(frameRecordSchema.parse(JSON.parse(line)));

  const annotated: (DatasetRecord | undefined)[] = new Array<undefined>(records.length);
  const dropped = new Map<DropReason, number>();
  const failures: string[] = [];
  let done = 0;
  await concurrently([...records.keys()], framesAtOnce, async (index) => {
    const record = records[index];
    if (!record) return;
    context.signal.throwIfAborted();
    try {
      const { kept, dropped: reasons } = await annotateFrame(frames, record, context.params);
      for (const reason of reasons) dropped.set(reason, (dropped.get(reason) ?? 0) + 1);
      annotated[index] = await datasetRecord(frames, record, kept);
    } catch (error) {
      failures.push(`frame ${record.id}: ${error instanceof Error ? error.message : String(error)}`);
    }
    context.progress({ done: ++done, total: records.length, unit: 'frames' });
  });
  if (failures.length > 0)
    throw new UserError(`${failures.length} of ${records.length} frames have no usable mask.`, {
      details: failures.sort().slice(0, namedFailures),
      hint: 'Render them again: remove the stage’s results from the store, or check the disk.',
    });
  const made = annotated.filter((record) => record !== undefined);
  await writeDataset(context, frames, records, made);
  tellWhatIsMissing(context, made, dropped);
  await showSheet(context, frames, made);
}

async function annotateFrame(
  frames: ArtifactReader,
  record: FrameRecord,
  params: AnnotateParams,
): Promise<FrameObjects> {
  const name = `${record.id}.mask.png`;
  if (!(await frames.has(name))) throw new Error(`${name} is missing`);
  try {
    return objectsOfFrame(await decodeMask(frames.locate(await frames.file(name))), record, params);
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function datasetRecord(
  frames: ArtifactReader,
  record: FrameRecord,
  objects: FrameObjects['kept'],
): Promise<DatasetRecord> {
  const image = await frames.file(`${record.id}.png`);
  return {
    id: record.id,
    image: `images/${record.id}.png`,
    imageDigest: image.digest,
    imageBytes: image.sizeBytes,
    width: record.width,
    height: record.height,
    objects: [...objects],
    source: { dataset: 'rendered', group: record.group },
    attributes: record.attributes,
  };
}

async function writeDataset(
  context: StageContext<AnnotateParams>,
  frames: ArtifactReader,
  records: readonly FrameRecord[],
  made: readonly DatasetRecord[],
): Promise<void> {
  const output = context.output('dataset');
  const found = new Set(records.flatMap((record) => record.objects.map((object) => object.class)));
  const header: DatasetHeader = {
    version: 1,
    classes: context.params.classes ?? [...found].sort(),
    imageCount: made.length,
    objectCount: made.reduce((sum, record) => sum + record.objects.length, 0),
  };
  for (const record of made) output.reference(record.image, await frames.file(`${record.id}.png`));
  await output.write('records.jsonl', made.map((record) => `${JSON.stringify(record)}\n`).join(''));
  await output.write('dataset.json', `${JSON.stringify(header, null, 2)}\n`);
  context.metric('images', header.imageCount);
  context.metric('objects', header.objectCount);
}

function tellWhatIsMissing(
  context: StageContext<AnnotateParams>,
  made: readonly DatasetRecord[],
  dropped: ReadonlyMap<DropReason, number>,
): void {
  const { minVisible, minPixels } = context.params;
  const sentences: Record<DropReason, string> = {
    hidden: `of which less than ${minVisible} can be seen`,
    small: `with fewer than ${minPixels} visible pixels`,
    'out of sight': 'of which nothing can be seen',
    'other class': 'of other classes',
  };
  const parts = [...dropped]
    .filter(([reason]) => reason !== 'out of sight')
    .map(([reason, count]) => `${count} ${sentences[reason]}`);
  if (parts.length > 0) context.warn(`Objects left out: ${parts.sort().join('; ')}.`);
  const outOfSight = dropped.get('out of sight') ?? 0;
  if (outOfSight > 0) context.log(`${outOfSight} objects stand outside of their images or behind others.`);
  const negatives = made.filter((record) => record.objects.length === 0).length;
  if (negatives > 0)
    context.warn(`${negatives} of ${made.length} images have no object; they are kept as negatives.`);
}

async function showSheet(
  context: StageContext<AnnotateParams>,
  frames: ArtifactReader,
  made: readonly DatasetRecord[],
): Promise<void> {
  const stride = Math.max(1, Math.ceil(made.length / sheetFrames));
  const shown = made.filter((_, index) => index % stride === 0);
  if (shown.length === 0) return;
  const tiles: Tile[] = [];
  for (const record of shown) {
    const path = frames.locate({ digest: record.imageDigest });
    const boxes = record.objects.map((object) => ({
      box: object.box,
      label: object.class,
      colour: object.truncated ? '#e67e22' : '#2ecc71',
    }));
    tiles.push({ image: await drawBoxes(path, boxes, { maxSidePx: tileWidthPx }), label: record.id });
  }
  await context.exhibit({
    type: 'picture',
    title: 'Boxes',
    caption: `${shown.length} of ${made.length} images, evenly chosen. Orange: cut off by the image’s edge.`,
    mediaType: 'image/jpeg',
    data: await contactSheet(tiles, { columns: sheetColumns, tileWidthPx }),
  });
}
