import { z } from 'zod';
import type { Item } from '../../pipeline/stage/context.js';
import type { PredictionRecord } from '../lib/dataset/prediction-record.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import { resizeChoices } from './shrink.js';
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
  resize: z
    .enum(resizeChoices)
    .default('sharp')
    .describe(
      'sharp shrinks large images without aliasing first; darknet samples them at once, as darknet itself, for equal figures.',
    ),
  batch: z
    .number()
    .int()
    .min(1)
    .max(256)
    .default(1)
    .describe('Images that the network sees at once; more is faster on a GPU, and no result depends on it.'),
  runtime: z
    .enum(['tfjs', 'onnx'])
    .default('tfjs')
    .describe(
      'TensorFlow.js on the backend below, or ONNX Runtime on the CPU, which is several times faster there.',
    ),
  backend: z
    .enum(backendChoices)
    .default('auto')
    .describe('What computes: auto is TensorFlow’s native library where installed, else WebAssembly.'),
});
export type DetectParams = z.infer<typeof detectParams>;

/** What is kept of an image: a PredictionRecord but for its id, which is not part of the result. */
export type Finding = Omit<PredictionRecord, 'id'>;

/** An image to look at. */
export interface ImageItem extends Item {
  readonly record: DatasetRecord;
}
