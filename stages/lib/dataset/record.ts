import { z } from 'zod';
import { isDigest, type Digest } from '../../../pipeline/core/digest.js';

const digestSchema = z.custom<Digest>(isDigest, 'a SHA-256 in hex');

/** [xmin, ymin, xmax, ymax] in pixels of the image, floats, max exclusive. */
export const boxXyxySchema = z.tuple([z.number(), z.number(), z.number(), z.number()]);
export type BoxXyxyPx = z.infer<typeof boxXyxySchema>;

/** Outlines as COCO has them: polygons of x1, y1, x2, y2, … in pixels, or a run-length mask (column by column). */
export const segmentationSchema = z.union([
  z.strictObject({ polygons: z.array(z.array(z.number())) }),
  z.strictObject({ rle: z.strictObject({ size: z.tuple([z.number(), z.number()]), counts: z.string() }) }),
]);
export type Segmentation = z.infer<typeof segmentationSchema>;

/** Points of a body by their names: x and y in pixels, and 0 for not known, 1 for hidden, 2 for visible. */
export const keypointsSchema = z.record(z.string(), z.tuple([z.number(), z.number(), z.literal([0, 1, 2])]));
export type Keypoints = z.infer<typeof keypointsSchema>;

/** One object in an image. What is not known is absent, never guessed. */
export const objectRecordSchema = z.strictObject({
  box: boxXyxySchema,
  class: z.string(),
  /** Share of the object's own pixels that can be seen, 0–1. */
  visibleFraction: z.number().optional(),
  /** Reaches over the image's edge. */
  truncated: z.boolean().optional(),
  /** Others hide a part of it. */
  occluded: z.boolean().optional(),
  /** Hard to see even for a person: an evaluation may leave it out (Pascal VOC). */
  difficult: z.boolean().optional(),
  /** Many objects in one box. */
  crowd: z.boolean().optional(),
  /** Pixels of the object's visible mask, or the area that the source gave. */
  areaPx: z.number().optional(),
  /** The box of the whole object, hidden and cut-off parts included; not clipped to the image. */
  amodalBox: boxXyxySchema.optional(),
  segmentation: segmentationSchema.optional(),
  keypoints: keypointsSchema.optional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});
export type ObjectRecord = z.infer<typeof objectRecordSchema>;

/** One image of a dataset: a line of records.jsonl. */
export const datasetRecordSchema = z.strictObject({
  /** Unique in the dataset; the image's name for people. */
  id: z.string(),
  /** The image's path inside the artifact, with extension. */
  image: z.string(),
  imageDigest: digestSchema,
  imageBytes: z.number(),
  width: z.number().int(),
  height: z.number().int(),
  objects: z.array(objectRecordSchema),
  /** Where the image came from; two splits must never share a group. */
  source: z.strictObject({ dataset: z.string(), group: z.string() }),
  /** What slices use later: scene, camera, RGB or IR, … */
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export type DatasetRecord = z.infer<typeof datasetRecordSchema>;

/** dataset.json: what holds for all images. */
export const datasetHeaderSchema = z.strictObject({
  version: z.literal(1),
  /** Class names; a class's index is its place here. */
  classes: z.array(z.string()),
  imageCount: z.number().int(),
  objectCount: z.number().int(),
});
export type DatasetHeader = z.infer<typeof datasetHeaderSchema>;
