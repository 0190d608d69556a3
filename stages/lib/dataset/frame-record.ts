import { z } from 'zod';
import { boxXyxySchema, keypointsSchema } from './record.js';

/** One object that a frame's mask knows. */
const frameObjectSchema = z.strictObject({
  /** Its value in the mask, 1–65535. */
  instance: z.number().int().min(1).max(65535),
  class: z.string(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** Box of all its projected vertices: hidden and cut-off parts included, not clipped. Null when behind the camera. */
  amodalBox: boxXyxySchema.nullable(),
  /** Pixels inside the image that it would cover if it stood there alone. */
  pixelsAlone: z.number().int(),
  /** Pixels of the mask that carry its number. */
  pixelsVisible: z.number().int(),
  /** From the camera to the object's centre, in metres. */
  distanceM: z.number(),
  /** COCO's 17 points where the scene knows them: in pixels, also outside the image. */
  keypoints: keypointsSchema.optional(),
});

/** What Blender says about a finished frame: a line of frames.jsonl. */
export const frameRecordSchema = z.strictObject({
  version: z.literal(1),
  id: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  /** The value that identifies the scene variation: the same group in two splits is a leak. */
  group: z.string(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  objects: z.array(frameObjectSchema),
  camera: z.strictObject({
    /** Row-major 4 × 4, world to camera (Blender's: looks along −z, y up). */
    worldToCamera: z.array(z.number()).length(16),
    /** Row-major 3 × 3, camera to pixels, y down. */
    intrinsics: z.array(z.number()).length(9),
    /** Radial distortion that comes on top, as k of stages/render/effects/lens.ts. */
    distortion: z.number().optional(),
  }),
});
export type FrameRecord = z.infer<typeof frameRecordSchema>;
