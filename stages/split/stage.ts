import { z } from 'zod';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineStage } from '../../pipeline/stage/definition.js';
import type { StageContext } from '../../pipeline/stage/context.js';
import type { Dataset } from '../lib/dataset/dataset.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import type { SplitName } from './assign-groups.js';

const sizeSchema = z.union([z.literal('rest'), z.number().min(0)]);

const params = z.strictObject({
  train: sizeSchema
    .default('rest')
    .describe('Size of the training set: a share (0.8), a number of images (800), or `rest`'),
  validation: sizeSchema.default(0.1).describe('Size of the validation set, as `train`'),
  test: sizeSchema.default(0.1).describe('Size of the test set, as `train`'),
  by: z
    .string()
    .optional()
    .describe(
      'The image attribute whose values stay together in one split; without it, the group that each image has from its source (for renders the scene variation)',
    ),
});
type SplitParams = z.infer<typeof params>;

/** Cuts a dataset into three that share no group: what belongs together never falls on both sides of a cut. */
export const splitStage = defineStage({
  kind: 'split',
  summary: 'Cuts a dataset into training, validation and test sets',
  revision: 1,
  params,
  inputs: { dataset: { type: 'dataset', description: 'The images to cut into sets' } },
  outputs: {
    train: { type: 'dataset', description: 'Images to learn from' },
    validation: { type: 'dataset', description: 'Images to choose a checkpoint by' },
    test: { type: 'dataset', description: 'Images that nothing is chosen by' },
  },
  seeded: () => true,
  run: split,
});

async function split(context: StageContext<SplitParams>): Promise<void> {
  const [{ readDataset }, { DatasetWriter }, { assignGroups, splitNames }, { splitSizes }, { LinkedGroups }] =
    await Promise.all([
      import('../lib/dataset/dataset.js'),
      import('../lib/dataset/dataset-writer.js'),
      import('./assign-groups.js'),
      import('./split-sizes.js'),
      import('./linked-groups.js'),
    ]);
  const { params: wanted } = context;
  const sizes = splitSizes(wanted);
  const dataset = await readDataset(context.input('dataset'), 'the dataset to split');
  const groupOf = (record: DatasetRecord): string => groupName(record, wanted.by, dataset);

  const linked = new LinkedGroups();
  const imagesOfGroup = new Map<string, number>();
  for await (const record of dataset.records()) {
    const group = groupOf(record);
    linked.add(group, record.imageDigest);
    imagesOfGroup.set(group, (imagesOfGroup.get(group) ?? 0) + 1);
  }
  const sets = new Map<string, number>();
  for (const [group, count] of imagesOfGroup) {
    const set = linked.find(group);
    sets.set(set, (sets.get(set) ?? 0) + count);
  }
  if (linked.linkCount > 0)
    context.warn(
      `${linked.linkCount} groups share an image with another group; they are kept in one split with it.`,
    );

  const splitOfSet = assignGroups(sets, sizes, context.seed);
  const writers: Record<SplitName, InstanceType<typeof DatasetWriter>> = {
    train: new DatasetWriter(context.output('train'), dataset.header),
    validation: new DatasetWriter(context.output('validation'), dataset.header),
    test: new DatasetWriter(context.output('test'), dataset.header),
  };
  let [done, leftOut] = [0, 0];
  for await (const record of dataset.records()) {
    const name = splitOfSet.get(linked.find(groupOf(record)));
    if (name === undefined) leftOut += 1;
    else await writers[name].add(record);
    if (++done % 500 === 0) context.progress({ done, total: dataset.header.imageCount, unit: 'images' });
    context.signal.throwIfAborted();
  }
  if (leftOut > 0)
    context.warn(`${leftOut} images are in no split, because the counts leave no room for their groups.`);
  for (const name of splitNames) {
    if (wanted[name] !== 0 && writers[name].imageCount === 0)
      throw emptySplit(name, wanted, sets.size, dataset);
    await writers[name].finish();
    context.metric(`${name}/images`, writers[name].imageCount);
    context.metric(`${name}/objects`, writers[name].objectCount);
  }
}

function groupName(record: DatasetRecord, by: string | undefined, dataset: Dataset): string {
  if (by === undefined) return record.source.group;
  const value = record.attributes[by];
  if (value !== undefined) return JSON.stringify(value);
  const known = Object.keys(record.attributes).join(', ');
  throw new UserError(`Image "${record.id}" of ${dataset.label} has no attribute "${by}" to split by.`, {
    hint: known === '' ? 'It has no attributes at all; leave `by` out.' : `It has ${known}.`,
  });
}

function emptySplit(name: SplitName, wanted: SplitParams, groupCount: number, dataset: Dataset): UserError {
  return new UserError(
    `No image fell into the ${name} set: ${dataset.header.imageCount} images in ${groupCount} groups, ` +
      `of which ${name} was to take ${wanted[name]}.`,
    {
      hint: `Groups are never cut. Give ${name} a larger share or a count of images, add images, or write \`${name}: 0\` to go without.`,
    },
  );
}
