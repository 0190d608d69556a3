import { z } from 'zod';
import { RandomStream } from '../../pipeline/core/seed.js';
import { UserError } from '../../pipeline/core/user-error.js';
import { defineCommand } from '../../pipeline/stage/command.js';
import { boxSizes } from './box-sizes.js';
import { anchorFitness, clusterSizes, distinctSizes } from './k-means.js';

/** `pipeline anchors`: anchor sizes for a dataset, and how well they fit. */
export const anchorsCommand = defineCommand({
  words: '[FILE] STAGE[.OUTPUT]',
  wordsHelp: 'A dataset of the store, or a folder with one.',
  options: z.strictObject({
    count: z.number().int().min(1).default(9).describe('How many: 9 for yolov3 and nano, 6 for yolov3-tiny.'),
    size: z.number().int().min(32).default(416).describe('Side of the network’s square input in pixels.'),
    restarts: z
      .number()
      .int()
      .min(1)
      .default(10)
      .describe('Starts of the clustering, of which the best counts.'),
    seed: z.number().int().default(1).describe('Of the starts.'),
  }),
  run: async (words, { count, size, restarts, seed }, host) => {
    const named = await host.artifacts(words, ['dataset'], { dataset: 'dataset.json' });
    const sizes = [];
    for (const { artifact } of named) sizes.push(...(await boxSizes(artifact, [size, size])));
    const distinct = distinctSizes(sizes);
    if (distinct < count)
      throw new UserError(
        `${count} anchors were asked for, and there are ${distinct} different box sizes (${sizes.length} boxes).`,
        {
          hint: 'Lower --count, or give a dataset with more objects.',
        },
      );
    const { anchors, meanIou } = clusterSizes(sizes, count, restarts, new RandomStream(seed, 'anchors'));
    const { recall, fitness } = anchorFitness(sizes, anchors);
    host.console.out(
      `anchors = ${anchors.map((sides) => sides.map((side) => side.toFixed(1)).join(',')).join(', ')}`,
    );
    host.console.out(
      `${sizes.length} boxes: mean IoU with the best anchor ${meanIou.toFixed(3)}, ${(100 * recall).toFixed(1)} % overlap one by half or more, fitness ${fitness.toFixed(3)}`,
    );
    return 0;
  },
});
