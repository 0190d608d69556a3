import { defineStage } from '../../pipeline/stage/definition.js';
import { mergeParams } from './params.js';

/** One dataset out of several: classes brought under one list, names made unique, repeated images left out. */
export const mergeStage = defineStage({
  kind: 'merge',
  summary: 'Makes one dataset of several',
  revision: 1,
  params: mergeParams,
  inputs: {
    datasets: { type: 'dataset', many: true, description: 'The datasets, in the order they are taken' },
  },
  outputs: { dataset: { type: 'dataset', description: 'All their images' } },
  seeded: () => true,
  run: async (context) => {
    const { mergeDatasets } = await import('./merge-datasets.js');
    await mergeDatasets(context);
  },
});
