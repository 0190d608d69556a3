import { z } from 'zod';

const figure = z.number().describe('0–1; −1 where there is no ground truth to find');
const pointSchema = z.strictObject({
  score: z.number(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
});

/** scores.json: what an evaluation computed. */
export const scoresSchema = z.strictObject({
  version: z.literal(1),
  /** COCO's twelve figures under pycocotools' order: AP over IoU .5–.95, by size, and average recall. */
  stats: z.strictObject({
    AP: figure,
    AP50: figure,
    AP75: figure,
    APs: figure,
    APm: figure,
    APl: figure,
    AR1: figure,
    AR10: figure,
    AR100: figure,
    ARs: figure,
    ARm: figure,
    ARl: figure,
  }),
  /** In the order of the dataset's classes. */
  perClass: z.array(
    z.strictObject({
      class: z.string(),
      AP: figure,
      AP50: figure,
      /** Ground truth that counts: without crowds. */
      truth: z.number().int(),
      detections: z.number().int(),
      /** Where F1 is highest for this class at IoU .5, unsmoothed; null when nothing is right. */
      bestF1: pointSchema.nullable(),
    }),
  ),
  /** Precision at COCO's 101 recall thresholds, made falling, at IoU .5. Classes without ground truth are absent. */
  curve: z.strictObject({
    iou: z.number(),
    classes: z.array(
      z.strictObject({ class: z.string(), points: z.array(z.tuple([z.number(), z.number()])) }),
    ),
  }),
  counts: z.strictObject({
    images: z.number().int(),
    objects: z.number().int(),
    crowds: z.number().int(),
    detections: z.number().int(),
  }),
});
export type Scores = z.infer<typeof scoresSchema>;
