import { z } from 'zod';
import { frameRecordSchema } from '../lib/dataset/frame-record.js';

const share = z.number().min(0).max(1);

/** What the quality checks go by, measured once when a frame is made; thresholds come later. */
export const measuredFrameSchema = z.strictObject({
  /** Shares of the image's pixels that are all but black, all but white, or in the pink of a missing texture. */
  dark: share,
  bright: share,
  pink: share,
  objects: z.array(
    z.strictObject({
      instance: z.number().int(),
      /** The tight box of its pixels in the mask, max exclusive. */
      box: z.tuple([z.number(), z.number(), z.number(), z.number()]),
      areaPx: z.number().int(),
      /** Its connected parts but the largest, as [box, pixels]. */
      parts: z.array(z.tuple([z.tuple([z.number(), z.number(), z.number(), z.number()]), z.number().int()])),
    }),
  ),
});
export type MeasuredFrame = z.infer<typeof measuredFrameSchema>;

/** A frame on which Blender crashed or hung twice. */
export const quarantinedFrameSchema = z.strictObject({
  id: z.string(),
  /** The one that the frame's procedural detail is drawn from. */
  seed: z.number().int(),
  group: z.string(),
  reason: z.string(),
});
export type QuarantinedFrame = z.infer<typeof quarantinedFrameSchema>;

/** What the render stage keeps of a frame beside its files. */
export const frameResultSchema = z.union([
  z.strictObject({ record: frameRecordSchema, measured: measuredFrameSchema }),
  z.strictObject({ quarantined: quarantinedFrameSchema }),
]);
export type FrameResult = z.infer<typeof frameResultSchema>;
