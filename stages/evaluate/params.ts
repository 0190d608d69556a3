import { z } from 'zod';

export const evaluateParams = z.strictObject({
  otherClasses: z
    .enum(['error', 'ignore'])
    .default('error')
    .describe(
      'What a detection of a class that the truth does not know is: an error, or left out and counted',
    ),
  leaks: z
    .enum(['error', 'warn'])
    .default('error')
    .describe(
      'What it is when the detector was trained or chosen by images or groups of the truth: an error that names them, or a warning',
    ),
  difficult: z
    .enum(['ignore', 'count'])
    .default('ignore')
    .describe(
      'Objects marked as difficult: ignore means that they need not be found and harm nobody who finds them',
    ),
  resamples: z
    .number()
    .int()
    .min(100)
    .max(100_000)
    .default(1000)
    .describe('How often the images are drawn anew for the 95 % intervals (bootstrap)'),
  slices: z
    .strictObject({
      pairs: z
        .array(z.tuple([z.string(), z.string()]))
        .default([])
        .describe('Pairs of attributes of which every combination is a slice, as in [spectrum, posture]'),
      maxValues: z
        .number()
        .int()
        .min(0)
        .max(1000)
        .default(24)
        .describe('Attributes with more values than this are no slices; 0 for no slices at all'),
    })
    .prefault({})
    .describe(
      'Figures by every attribute of images and objects, and by the size, visible fraction, truncation and occlusion of objects',
    ),
  voc: z
    .strictObject({
      iou: z.number().min(0.05).max(1).default(0.5).describe('A detection is right from this overlap on'),
      inclusivePixels: z
        .boolean()
        .default(false)
        .describe('Count the last pixel as part of a box, as the VOC development kit does'),
    })
    .prefault({})
    .describe("Pascal VOC's average precision, beside COCO's"),
  sheet: z
    .strictObject({
      images: z
        .number()
        .int()
        .min(0)
        .max(200)
        .default(12)
        .describe('How many images the contact sheet shows'),
      minScore: z.number().min(0).max(1).default(0.25).describe('Detections below this score are not drawn'),
      errors: z
        .number()
        .int()
        .min(0)
        .max(60)
        .default(12)
        .describe('How many pictures the gallery shows of each kind of error'),
    })
    .prefault({})
    .describe('The pictures for the report; the figures do not depend on it'),
});
