import { defineStage } from '../../pipeline/stage/definition.js';
import { selectParams } from './params.js';

/** Takes some of a dataset's images and objects: by what they show, by how many, or both. */
export const selectStage = defineStage({
  kind: 'select',
  summary: 'Takes the images and objects of a dataset that meet conditions, or so many of each kind',
  revision: 1,
  params: selectParams,
  inputs: { dataset: { type: 'dataset', description: 'The dataset to select from' } },
  outputs: { dataset: { type: 'dataset', description: 'What was selected' } },
  seeded: ({ perSource, perClass, perValue, limit }) =>
    [perSource, perClass, limit].some((count) => count !== undefined) || Object.keys(perValue).length > 0,
  run: async (context) => {
    const { selectImages } = await import('./select-images.js');
    await selectImages(context);
  },
});
