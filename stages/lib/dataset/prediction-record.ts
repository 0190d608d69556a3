import { z } from 'zod';
import { boxXyxySchema } from './record.js';

/** What a detector found in one image: a line of predictions.jsonl. Boxes are clipped to the image, but for those of other programs. */
export const predictionRecordSchema = z.strictObject({
  /** The dataset record's id. */
  id: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  detections: z.array(z.strictObject({ box: boxXyxySchema, class: z.string(), score: z.number() })),
});
export type PredictionRecord = z.infer<typeof predictionRecordSchema>;
