import { z } from 'zod';

const figure = z.number().describe('0–1; −1 where there is no ground truth to find');
const pointSchema = z.strictObject({
  score: z.number(),
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
});

const interval = z.tuple([z.number(), z.number()]);
const rates = z.strictObject({
  precision: z.number().nullable(),
  recall: z.number().nullable(),
  f1: z.number().nullable(),
});
const operatingPoint = z.strictObject({
  score: z.number(),
  found: z.number().int(),
  right: z.number().int(),
  ap50: z.number(),
  micro: rates,
  macro: rates,
});
const errorKind = z.strictObject({ count: z.number().int(), deltaAp50: z.number() });
const sliceSchema = z.strictObject({
  attribute: z.string(),
  on: z.enum(['image', 'object']),
  value: z.string(),
  images: z.number().int(),
  objects: z.number().int(),
  AP: figure,
  AP50: figure,
  /** null where there is no object. */
  interval: interval.nullable(),
  interval50: interval.nullable(),
});
export type SliceScore = z.infer<typeof sliceSchema>;

/** scores.json: what an evaluation computed. */
export const scoresSchema = z.strictObject({
  version: z.literal(2),
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
    /** Objects that need not be found: difficult ones, where they are left out. */
    optional: z.number().int(),
    detections: z.number().int(),
  }),
  /** 95 % of resamples of the images lie in there. */
  intervals: z.strictObject({ resamples: z.number().int(), AP: interval, AP50: interval }),
  /** At IoU .5, over score thresholds. */
  operatingPoints: z.array(operatingPoint),
  /** Where micro F1 is highest; null when nothing is right. */
  bestOperatingPoint: operatingPoint.nullable(),
  /** Pascal VOC's mean average precision over the classes with objects. */
  voc: z.strictObject({
    iou: z.number(),
    inclusivePixels: z.boolean(),
    allPoints: figure,
    elevenPoints: figure,
    perClass: z.array(z.strictObject({ class: z.string(), allPoints: figure, elevenPoints: figure })),
  }),
  /** Why average precision is lost, after TIDE. */
  errors: z.strictObject({
    localisation: errorKind,
    class: errorKind,
    both: errorKind,
    duplicate: errorKind,
    background: errorKind,
    missed: errorKind,
  }),
  /** Rows are what is there, columns what was said; the last of each is nothing. */
  confusion: z.strictObject({
    minScore: z.number(),
    minIou: z.number(),
    matrix: z.array(z.array(z.number())),
  }),
  calibration: z
    .strictObject({
      expectedError: z.number(),
      bins: z.array(
        z.strictObject({
          from: z.number(),
          detections: z.number().int(),
          meanScore: z.number(),
          precision: z.number(),
        }),
      ),
    })
    .nullable(),
  slices: z.array(sliceSchema),
});
export type Scores = z.infer<typeof scoresSchema>;
