import { z } from 'zod';
import { defineMapStage } from '../../pipeline/stage/definition.js';
import type { Item } from '../../pipeline/stage/context.js';
import { datasetRecordSchema, type DatasetRecord } from '../lib/dataset/record.js';
import { backendChoices, expectedBackend } from '../lib/tensors/backend-choice.js';

const detectParams = z.strictObject({
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

/** An image to look at. */
export interface ImageItem extends Item {
  readonly record: DatasetRecord;
}

/** Finds objects in the images of a dataset; each image is cached for itself. */
export const detectStage = defineMapStage<DetectParams, ImageItem>({
  kind: 'detect',
  summary: 'Find objects in images with a trained detector.',
  revision: 1,
  params: detectParams,
  inputs: {
    detector: { type: 'detector', description: 'The network.' },
    images: { type: 'dataset', description: 'The images; their boxes are not looked at.' },
  },
  outputs: { predictions: { type: 'predictions', description: 'What was found in each image.' } },
  seeded: () => false,
  resources: ({ backend }) => ({ cpu: 1, ...(backend === 'gpu' ? { gpu: 1 } : {}) }),
  tools: ({ backend }) => Promise.resolve({ backend: expectedBackend(backend) }),
  async *items(context) {
    for await (const line of context.input('images').readLines('records.jsonl')) {
      const record = datasetRecordSchema.parse(JSON.parse(line));
      yield { id: record.id, record };
    }
  },
  // The id is part of the key, because it stands in the result.
  itemKey: ({ record }, context) => ({
    id: record.id,
    image: record.imageDigest,
    detector: context.input('detector').digest,
    threshold: context.params.threshold,
    nms: context.params.nms,
    maxDetections: context.params.maxDetections,
  }),
  batchSize: () => 64,
  runBatch: async (items, context) => {
    const { detectBatch } = await import('./detect-batch.js');
    await detectBatch(items, context);
  },
  collect: async (results, context) => {
    const lines: string[] = [];
    let found = 0;
    for await (const { value } of results) {
      lines.push(JSON.stringify(value));
      found += (value as { readonly detections: readonly unknown[] }).detections.length;
    }
    await context.output('predictions').write('predictions.jsonl', lines.map((line) => `${line}\n`).join(''));
    context.log(`${found} detections in ${lines.length} images`);
  },
});
