import { defineMapStage } from '../../pipeline/stage/definition.js';
import type { ChosenImage } from './choose-images.js';
import { openImagesParams, subsets } from './params.js';

/** Photographs with boxes out of OpenImages; each image is downloaded once, whatever is chosen later. */
export const openImagesStage = defineMapStage({
  kind: 'openimages',
  summary: 'Takes images with boxes of the chosen classes from OpenImages',
  revision: 1,
  params: openImagesParams,
  inputs: {},
  outputs: { dataset: { type: 'dataset', description: 'The chosen images with their boxes' } },
  seeded: ({ limit }) => limit !== null,
  sources: ({ classDescriptions, boxes, images }) => [
    {
      role: 'classDescriptions',
      pattern: classDescriptions,
      required: true,
      param: ['classDescriptions'],
    },
    ...subsets.flatMap((subset) => {
      const pattern = boxes[subset];
      return pattern === undefined
        ? []
        : [{ role: subset, pattern, required: true, param: ['boxes', subset] }];
    }),
    ...images.map((pattern, index) => ({
      role: 'images',
      pattern,
      required: true,
      param: ['images', index],
    })),
  ],
  keyParams: (params) => ({
    // Files count by their contents, and how the images came is no part of the result.
    boxes: subsets.filter((subset) => params.boxes[subset] !== undefined),
    images: params.images.length,
    classes: params.classes,
    require: params.require,
    exclude: params.exclude,
    empty: params.empty,
    groups: params.groups,
    depictions: params.depictions,
    insides: params.insides,
    limit: params.limit,
    baseUrl: params.baseUrl,
    maxMegabytes: params.maxMegabytes,
    maxMissing: params.maxMissing,
    checksums: params.checksums,
    unavailable: params.unavailable,
  }),
  async *items(context): AsyncIterable<ChosenImage> {
    const { chooseImages } = await import('./choose-images.js');
    yield* await chooseImages(context);
  },
  itemKey: ({ id, subset }, { params }) => ({
    openimages: id,
    subset,
    baseUrl: params.baseUrl,
    maxMegabytes: params.maxMegabytes,
    checksums: params.checksums,
    unavailable: params.unavailable,
  }),
  batchSize: () => 256,
  runBatch: async (images, context) => {
    const { fetchBatch } = await import('./fetch-batch.js');
    await fetchBatch(images, context);
  },
  collect: async (results, context) => {
    const { collectImages } = await import('./collect-images.js');
    await collectImages(results, context);
  },
});
