import { z } from 'zod';

/** What `with` of annotate may say. */
export const annotateParamsSchema = z.strictObject({
  minVisible: z
    .number()
    .min(0)
    .max(1)
    .default(0.2)
    .describe('Share of its own pixels that must be in sight; an object with less is left out.'),
  minPixels: z
    .number()
    .int()
    .min(1)
    .default(64)
    .describe('Visible pixels that an object must have; one with fewer is left out.'),
  classes: z
    .array(z.string())
    .min(1)
    .optional()
    .describe(
      'The classes to keep, in the order of their indices. Default: all that the frames have, sorted.',
    ),
});
export type AnnotateParams = z.infer<typeof annotateParamsSchema>;
