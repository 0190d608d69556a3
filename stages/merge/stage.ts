import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineStage } from '../../pipeline/stage/definition.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import type { MergeCounts } from './merge-records.js';

const limitSchema = z.number().int().positive().nullable();

const params = z.strictObject({
  classes: z
    .record(z.string(), z.string().min(1).nullable())
    .default({})
    .describe('Renames classes (`car: vehicle`) or drops them with their boxes (`truck: null`)'),
  otherClasses: z
    .enum(['keep', 'drop'])
    .default('keep')
    .describe('What becomes of classes that `classes` does not name'),
  limit: z
    .union([limitSchema, z.array(limitSchema)])
    .default(null)
    .describe(
      'Takes at most so many images of each dataset, picked by the seed; a list gives one limit a dataset, in the order of `in`, null for all',
    ),
  duplicates: z
    .enum(['drop', 'keep'])
    .default('drop')
    .describe('What becomes of an image whose content an earlier dataset has already'),
});
type MergeParams = z.infer<typeof params>;

/** One dataset out of several: classes brought under one list, names made unique, repeated images left out. */
export const mergeStage = defineStage({
  kind: 'merge',
  summary: 'Makes one dataset of several',
  revision: 1,
  params,
  inputs: {
    datasets: { type: 'dataset', many: true, description: 'The datasets, in the order they are taken' },
  },
  outputs: { dataset: { type: 'dataset', description: 'All their images' } },
  seeded: () => true,
  run: merge,
});

async function merge(context: StageContext<MergeParams>): Promise<void> {
  const [{ readDataset }, { writeDataset }, { mapClasses }, { mergeRecords, emptyCounts }] =
    await Promise.all([
      import('../lib/dataset/dataset.js'),
      import('../lib/dataset/dataset-writer.js'),
      import('./class-mapping.js'),
      import('./merge-records.js'),
    ]);
  const { params: wanted } = context;
  const datasets = await Promise.all(
    context.inputList('datasets').map(({ name, artifact }) => readDataset(artifact, `dataset "${name}"`)),
  );
  const mapping = mapClasses(
    datasets.map((dataset) => dataset.header.classes),
    wanted.classes,
    wanted.otherClasses,
  );
  const limits = limitsFor(wanted.limit, datasets.length);
  const total = datasets.reduce(
    (sum, { header }, index) => sum + Math.min(header.imageCount, limits[index] ?? Infinity),
    0,
  );
  const sources = datasets.map((dataset, index) => limited(dataset, limits[index] ?? null, context.seed));
  const counts = emptyCounts(datasets.length);
  const merged = mergeRecords(sources, { mapping, duplicates: wanted.duplicates }, counts);
  const header = await writeDataset(
    context.output('dataset'),
    { classes: mapping.classes },
    counted(merged, total, context),
  );
  tell(
    context,
    counts,
    datasets.map((dataset) => dataset.label),
  );
  context.metric('images', header.imageCount);
  context.metric('objects', header.objectCount);
}

/** @returns one limit a dataset */
function limitsFor(limit: MergeParams['limit'], count: number): readonly (number | null)[] {
  if (limit === null || typeof limit === 'number') return Array.from({ length: count }, () => limit);
  if (limit.length !== count)
    throw new UserError(`\`limit\` lists ${limit.length} values, but there are ${count} datasets.`);
  return limit;
}

async function* limited(
  dataset: { readonly header: { readonly imageCount: number }; records(): AsyncIterable<DatasetRecord> },
  limit: number | null,
  seed: number,
): AsyncIterable<DatasetRecord> {
  if (limit === null || limit >= dataset.header.imageCount) {
    yield* dataset.records();
    return;
  }
  const { sampleContents } = await import('./merge-records.js');
  const left = new Set(await sampleContents(dataset.records(), limit, seed));
  for await (const record of dataset.records()) if (left.delete(record.imageDigest)) yield record;
}

async function* counted(
  records: AsyncIterable<DatasetRecord>,
  total: number,
  context: StageContext<MergeParams>,
): AsyncIterable<DatasetRecord> {
  let done = 0;
  for await (const record of records) {
    done += 1;
    if (done % 500 === 0) context.progress({ done, total, unit: 'images' });
    context.signal.throwIfAborted();
    yield record;
  }
}

function tell(context: StageContext<MergeParams>, counts: MergeCounts, labels: readonly string[]): void {
  if (counts.duplicates > 0)
    context.warn(
      `${counts.duplicates} images are left out because an earlier image has the same content.` +
        (counts.contradicting.length > 0
          ? ` ${counts.contradicting.length} of them had other boxes there (${firstOf(counts.contradicting)}); the earlier boxes stand.`
          : ''),
    );
  if (counts.renamed > 0) context.log(`${counts.renamed} images got another name because theirs was in use.`);
  for (const [name, count] of counts.droppedObjects)
    context.warn(`${count} objects of class "${name}" are left out, as the class rules say.`);
  for (const [index, taken] of counts.taken.entries()) {
    context.log(`${taken} images of ${labels[index] ?? ''}`);
    if (taken === 0) context.warn(`Of ${labels[index] ?? ''} no image is in the result.`);
  }
}

function firstOf(ids: readonly string[]): string {
  return ids.slice(0, 3).join(', ') + (ids.length > 3 ? ', …' : '');
}
