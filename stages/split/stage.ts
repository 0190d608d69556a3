import { defineStage } from '../../pipeline/stage/definition.js';
import { splitParams } from './params.js';

/** Cuts a dataset into three that share no group: what belongs together never falls on both sides of a cut. */
export const splitStage = defineStage({
  kind: 'split',
  summary: 'Cuts a dataset into training, validation and test sets',
  revision: 2,
  params: splitParams,
  inputs: { dataset: { type: 'dataset', description: 'The images to cut into sets' } },
  outputs: {
    train: { type: 'dataset', description: 'Images to learn from' },
    validation: { type: 'dataset', description: 'Images to choose a checkpoint by' },
    test: { type: 'dataset', description: 'Images that nothing is chosen by' },
  },
  seeded: () => true,
  sources: ({ given }) =>
    (['train', 'validation', 'test'] as const).flatMap((split) => {
      const pattern = given?.lists?.[split];
      return pattern === undefined
        ? []
        : [{ role: split, pattern, required: true, param: ['given', 'lists', split] }];
    }),
  keyParams: (params) => {
    // List files count by their contents.
    const { given, ...rest } = params;
    if (!given) return rest;
    const { lists, ...others } = given;
    return { ...rest, given: { ...others, listed: Object.keys(lists ?? {}).sort() } };
  },
  run: async (context) => {
    const { splitDataset } = await import('./split-dataset.js');
    await splitDataset(context);
  },
});
