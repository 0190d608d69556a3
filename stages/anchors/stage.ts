import { z } from 'zod';
import { RandomStream } from '../../pipeline/core/seed.js';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineStage } from '../../pipeline/stage/definition.js';
import { boxSizes } from './box-sizes.js';
import { clusterSizes, distinctSizes } from './k-means.js';

const anchorsParams = z.strictObject({
  count: z.number().int().min(1).default(6).describe('How many anchors; the cfg’s `num`.'),
  inputSize: z
    .tuple([z.number().int().min(32), z.number().int().min(32)])
    .describe('[width, height] of the network’s input in pixels: boxes are measured as letterboxed into it.'),
  restarts: z
    .number()
    .int()
    .min(1)
    .default(10)
    .describe('Starts of the clustering, of which the best counts.'),
});

/** Anchor sizes for a detector, from the boxes of a dataset. */
export const anchorsStage = defineStage({
  kind: 'anchors',
  summary: 'Cluster the box sizes of a dataset into anchors (k-means by IoU).',
  revision: 1,
  params: anchorsParams,
  inputs: { dataset: { type: 'dataset', description: 'The images to learn from.' } },
  outputs: { anchors: { type: 'anchors', description: 'Sizes in pixels of the network’s input.' } },
  seeded: () => true,
  resources: () => ({ cpu: 1 }),
  run: async (context) => {
    const { count, inputSize, restarts } = context.params;
    const sizes = await boxSizes(context.input('dataset'), inputSize);
    const distinct = distinctSizes(sizes);
    if (distinct < count)
      throw new UserError(
        `${count} anchors were asked for, and the dataset has ${distinct} different box sizes (${sizes.length} boxes).`,
        { hint: 'Lower `count`, or give a dataset with more objects.' },
      );
    const found = clusterSizes(sizes, count, restarts, new RandomStream(context.seed, 'anchors'));
    const anchors = found.anchors.map(([width, height]) => [width, height]);
    const { meanIou } = found;
    await context
      .output('anchors')
      .write('anchors.json', `${JSON.stringify({ anchors, meanIou, inputSize }, null, 2)}\n`);
    context.metric('anchors/meanIoU', meanIou);
    await context.exhibit({
      type: 'figures',
      title: 'Anchors',
      caption: 'Mean overlap of the dataset’s boxes with the best anchor, centres together.',
      figures: [
        { name: 'mean IoU', value: Number(meanIou.toFixed(3)) },
        { name: 'anchors', value: anchors.map((sides) => sides.map(Math.round).join(' × ')).join(', ') },
        { name: 'boxes', value: sizes.length },
      ],
    });
  },
});
