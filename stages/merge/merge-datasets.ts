import type { StageContext } from '../../pipeline/stage/context.js';
import { writeDataset } from '../lib/dataset/dataset-writer.js';
import { readDataset, type Dataset } from '../lib/dataset/dataset.js';
import { gatherLearntImages } from '../lib/dataset/learnt-images.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import { sampleContents } from '../lib/dataset/sample-contents.js';
import { likeNames, mapClasses } from './class-mapping.js';
import { emptyCounts, mergeRecords, type MergeCounts } from './merge-records.js';
import type { MergeParams } from './params.js';
import { checkLength, sharesOf } from './shares.js';

/** Further dropped classes are only counted. */
const classesNamed = 10;

type Context = StageContext<MergeParams>;

/** The merge stage: records go through one by one, only their names and contents are kept. */
export async function mergeDatasets(context: Context): Promise<void> {
  const { params, seed } = context;
  const datasets = await Promise.all(
    context.inputList('datasets').map(({ name, artifact }) => readDataset(artifact, `dataset "${name}"`)),
  );
  const mapping = mapClasses(
    datasets.map((dataset) => dataset.header.classes),
    params.classes,
    params.otherClasses,
  );
  for (const [one, other] of likeNames(mapping.classes))
    context.warn(
      `"${one}" and "${other}" are two classes. If they mean the same, write \`classes: { ${JSON.stringify(other)}: ${one} }\`.`,
    );
  if (params.weights) checkLength('weights', params.weights, datasets.length);
  const shares = sharesOf(
    datasets.map(({ header }) => header.imageCount),
    params,
  );
  const counts = emptyCounts(datasets.length);
  const merged = mergeRecords(
    datasets.map((dataset, index) => limited(dataset, shares[index] ?? 0, seed)),
    { mapping, duplicates: params.duplicates, weights: params.weights ?? [], seed },
    counts,
  );
  const header = await writeDataset(
    context.output('dataset'),
    { classes: mapping.classes },
    counted(
      merged,
      shares.reduce((sum, share) => sum + share, 0),
      context,
    ),
  );
  await gatherLearntImages(
    datasets.map(({ artifact }) => artifact),
    context.output('dataset'),
  );
  tell(context, counts, datasets);
  await showSources(context, counts, datasets);
  context.metric('images', header.imageCount);
  context.metric('objects', header.objectCount);
}

/** The records of a dataset, or those of so many of its images that the seed picks. */
function limited(dataset: Dataset, share: number, seed: number): AsyncIterable<DatasetRecord> {
  return share >= dataset.header.imageCount ? dataset.records() : picked(dataset, share, seed);
}

async function* picked(dataset: Dataset, share: number, seed: number): AsyncIterable<DatasetRecord> {
  const left = new Set(await sampleContents(dataset.records(), share, seed));
  for await (const record of dataset.records()) if (left.delete(record.imageDigest)) yield record;
}

async function* counted(
  records: AsyncIterable<DatasetRecord>,
  total: number,
  context: Context,
): AsyncIterable<DatasetRecord> {
  let done = 0;
  for await (const record of records) {
    done += 1;
    if (done % 500 === 0) context.progress({ done: Math.min(done, total), total, unit: 'images' });
    context.signal.throwIfAborted();
    yield record;
  }
}

function tell(context: Context, counts: MergeCounts, datasets: readonly Dataset[]): void {
  if (counts.duplicates > 0)
    context.warn(
      `${counts.duplicates} images are left out because an earlier image has the same content.` +
        (counts.contradicting.length > 0
          ? ` ${counts.contradicting.length} of them had other boxes there (${firstOf(counts.contradicting)}); the earlier boxes stand.`
          : ''),
    );
  if (counts.renamed > 0) context.log(`${counts.renamed} images got another name because theirs was in use.`);
  if (counts.droppedObjects.size > 0) context.warn(droppedWords(counts.droppedObjects));
  for (const [index, { label }] of datasets.entries()) {
    const taken = counts.taken[index] ?? 0;
    context.log(`${taken} images of ${label}`);
    if (taken === 0) context.warn(`Of ${label} no image is in the result.`);
  }
}

async function showSources(
  context: Context,
  counts: MergeCounts,
  datasets: readonly Dataset[],
): Promise<void> {
  await context.exhibit({
    type: 'table',
    title: 'Sources',
    caption:
      'What each dataset had, and what of it is in the result; an image that is repeated counts each time.',
    columns: ['dataset', 'images there', 'images taken', 'objects taken'],
    rows: datasets.map(({ label, header }, index) => [
      label.replace(/^dataset "(.*)"$/, '$1'),
      header.imageCount,
      counts.taken[index] ?? 0,
      counts.objects[index] ?? 0,
    ]),
  });
}

/** One sentence, however many classes: those with most objects first. */
function droppedWords(dropped: ReadonlyMap<string, number>): string {
  const classes = [...dropped].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} of "${name}"`);
  const total = [...dropped.values()].reduce((sum, count) => sum + count, 0);
  const named = classes.slice(0, classesNamed).join(', ');
  const rest = classes.length > classesNamed ? ` and of ${classes.length - classesNamed} more classes` : '';
  return `${total} objects are left out, as the class rules say: ${named}${rest}.`;
}

function firstOf(ids: readonly string[]): string {
  return ids.slice(0, 3).join(', ') + (ids.length > 3 ? ', …' : '');
}
