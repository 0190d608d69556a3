import { z } from 'zod';
import type { Digest } from '../../../pipeline/core/digest.js';
import type { Item } from '../../../pipeline/stage/context.js';
import type { DatasetRecord } from '../../lib/dataset/record.js';
import { backendChoices } from '../../lib/tensors/backend-choice.js';

const share = (fallback: number) => z.number().min(-1).max(1).default(fallback);

const guardSchema = z
  .strictObject({
    boxEdges: share(0.4).describe('Least agreement of the edges inside every box (with a margin), −1 to 1.'),
    outside: share(0.2).describe('Least agreement of the edges outside all boxes.'),
    colour: z
      .number()
      .min(0)
      .default(0.3)
      .describe('Least deviation of the colours, relative to the original’s.'),
    lostRecall: z
      .number()
      .min(0)
      .max(1)
      .default(0.34)
      .describe('With a detector: most of the objects that it may lose.'),
    newDetections: z
      .number()
      .int()
      .min(0)
      .default(1)
      .describe('With a detector: most objects that it may invent.'),
    threshold: z.number().min(0).max(1).default(0.3).describe('With a detector: least score of a finding.'),
    rejected: z
      .enum(['original', 'drop'])
      .default('original')
      .describe(
        'What becomes of an image whose translation is rejected: it stays as it was, or is left out.',
      ),
  })
  .prefault({})
  .describe('What a translation must keep of its original.');

/** What `with` of cyclegan/translate may say. */
export const translateParams = z.strictObject({
  versions: z
    .number()
    .int()
    .min(1)
    .max(16)
    .default(1)
    .describe('Versions of each image; more than one needs a generator of mode: bayesian.'),
  guard: guardSchema,
  distanceImages: z
    .number()
    .int()
    .min(0)
    .default(200)
    .describe(
      'Images of each side by which the distance of the domains is measured, where `target` is given; 0 for none.',
    ),
  memoryMb: z
    .number()
    .int()
    .min(50)
    .default(2000)
    .describe('What one pass may use; larger images are cut into tiles that overlap. Part of the result.'),
  runtime: z
    .enum(['tfjs', 'onnx'])
    .default('tfjs')
    .describe('TensorFlow.js on the backend below, or ONNX Runtime on the CPU, which is faster there.'),
  backend: z
    .enum(backendChoices)
    .default('auto')
    .describe('What computes: auto is TensorFlow’s native library where installed, else WebAssembly.'),
});
export type TranslateParams = z.infer<typeof translateParams>;

/** An image to translate. */
export interface TranslateItem extends Item {
  readonly record: DatasetRecord;
  /** The target's images that the encoder of the generator makes into maps, one a version; none without an encoder. */
  readonly shown?: readonly Digest[];
}
