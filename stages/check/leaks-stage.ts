import { z } from 'zod';
import { defineStage } from '../../pipeline/stage/definition.js';

const actionSchema = z.enum(['error', 'drop', 'warn']);

const params = z.strictObject({
  sameImage: actionSchema
    .default('error')
    .describe('An image whose content is held out too: an error that names it, dropped, or a warning'),
  sameGroup: actionSchema
    .default('error')
    .describe(
      'An image of a group (scene variation, seed, sequence: what its source calls one) that is held out too, as `sameImage`',
    ),
  nearDuplicates: z
    .enum(['error', 'drop', 'warn', 'ignore'])
    .default('error')
    .describe(
      'An image that looks like one that is held out (perceptual hash), as `sameImage`, or not looked for',
    ),
});
export type LeaksParams = z.infer<typeof params>;

/** A gate before a training: what goes through shares nothing with what the detector will be judged by. */
export const leaksStage = defineStage({
  kind: 'check/leaks',
  summary: 'Lets a dataset through when it shares no image, group or look with others that are held out',
  revision: 1,
  params,
  inputs: {
    dataset: { type: 'dataset', description: 'The images to learn from' },
    heldOut: {
      type: 'dataset',
      many: true,
      description: 'The images that nothing may be learnt from: the test sets',
    },
  },
  outputs: { dataset: { type: 'dataset', description: 'The images to learn from, apart from the others' } },
  seeded: () => false,
  run: async (context) => {
    const { keepApart } = await import('./keep-apart.js');
    await keepApart(context);
  },
});
