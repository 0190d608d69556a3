import { z } from 'zod';
import { annotationError, type AnnotationPlace } from '../annotation-place.js';

const attributes = z.record(z.string(), z.unknown());
const id = z.union([z.number(), z.string()]);

/** An element of `images`; what else stands there (licence, URLs, dates) is passed over. */
export const cocoImageSchema = z.object({
  id,
  file_name: z.string().min(1),
  width: z.number().optional(),
  height: z.number().optional(),
  attributes: attributes.optional(),
  /** Ours: where the image came from. */
  provenance: z.object({ dataset: z.string(), group: z.string() }).optional(),
});
export type CocoImage = z.infer<typeof cocoImageSchema>;

export const cocoCategorySchema = z.object({
  id,
  name: z.string().min(1),
  keypoints: z.array(z.string()).optional(),
});
export type CocoCategory = z.infer<typeof cocoCategorySchema>;

/** Polygons, or run lengths, plain or compressed; size is [height, width]. */
const cocoSegmentationSchema = z.union([
  z.array(z.array(z.number())),
  z.object({
    size: z.tuple([z.number(), z.number()]),
    counts: z.union([z.string(), z.array(z.number().int().nonnegative())]),
  }),
]);

export const cocoAnnotationSchema = z.object({
  image_id: id,
  category_id: id,
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional(),
  area: z.number().nullable().optional(),
  iscrowd: z.union([z.number(), z.boolean()]).optional(),
  segmentation: cocoSegmentationSchema.nullable().optional(),
  keypoints: z.array(z.number()).optional(),
  attributes: attributes.optional(),
});
export type CocoAnnotation = z.infer<typeof cocoAnnotationSchema>;

/** A value of a COCO file, checked. @throws UserError with the place and what is wrong there */
export function checkedCoco<T>(schema: z.ZodType<T>, value: unknown, place: AnnotationPlace): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
  throw annotationError(place, `not as COCO has it: ${wrong.slice(0, 3).join('; ')}.`);
}
