import { z } from 'zod';

const share = z.number().min(0).max(1);

/** `quality` of the render stage: from where on a frame is doubtful. Another threshold renders nothing anew. */
export const qualityParamsSchema = z
  .strictObject({
    black: share
      .default(0.98)
      .describe(
        'Share of pixels that are all but black (below 5 of 255) from which a frame counts as black.',
      ),
    blownOut: share
      .default(0.5)
      .describe(
        'Share of pixels that are all but white (above 250 of 255) from which a frame counts as blown out.',
      ),
    boxTolerancePx: z
      .number()
      .min(0)
      .default(2)
      .describe(
        'By how many pixels an object’s mask may reach over its projected box, or stay inside it though nothing hides the object.',
      ),
    strayShare: share
      .default(0.02)
      .describe(
        'Share of an object’s pixels in parts that are cut off from its largest one and lie outside of its projected box.',
      ),
    pink: share
      .default(0.01)
      .describe('Share of pixels in the pink of a missing texture from which a frame counts as such.'),
    strict: z
      .boolean()
      .default(false)
      .describe(
        'Fail the stage when a frame is doubtful (frames without a target are not); otherwise they are named.',
      ),
  })
  .prefault({})
  .describe('Thresholds of the quality checks; quality.json of the artifact has what they found.');
export type QualityParams = z.infer<typeof qualityParamsSchema>;
