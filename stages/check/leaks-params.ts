import { z } from 'zod';

const actionSchema = z.enum(['error', 'drop', 'warn']);

export const leaksParams = z.strictObject({
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
export type LeaksParams = z.infer<typeof leaksParams>;
