import { z } from 'zod';
import { backendChoices } from '../lib/tensors/backend-choice.js';

/** What `with` of detect may say. */
export const detectParams = z.strictObject({
  threshold: z
    .number()
    .min(0)
    .max(1)
    .default(0.005)
    .describe('Least score of a detection. Low, so that precision-recall curves are whole.'),
  nms: z
    .number()
    .min(0)
    .max(1)
    .default(0.45)
    .describe('Of two boxes of a class that overlap (IoU) by more than this, the lower-scored one goes.'),
  maxDetections: z.number().int().min(1).default(100).describe('At most so many detections an image.'),
  backend: z
    .enum(backendChoices)
    .default('auto')
    .describe('What computes: auto is TensorFlow’s native library where installed, else WebAssembly.'),
});
export type DetectParams = z.infer<typeof detectParams>;
