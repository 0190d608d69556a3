import type { JsonObject } from '../../pipeline/core/json.js';
import { defineMapStage } from '../../pipeline/stage/definition.js';
import { datasetRecordSchema } from '../lib/dataset/record.js';
import { expectedBackend } from '../lib/tensors/backend-choice.js';
import { detectParams, type Finding } from './params.js';

/** Finds objects in the images of a dataset; each image is cached for itself. */
export const detectStage = defineMapStage({
  kind: 'detect',
  summary: 'Find objects in images with a trained detector.',
  revision: 3,
  params: detectParams,
  inputs: {
    detector: { type: 'detector', description: 'The network.' },
    images: { type: 'dataset', description: 'The images; their boxes are not looked at.' },
  },
  outputs: { predictions: { type: 'predictions', description: 'What was found in each image.' } },
  seeded: () => false,
  // How many images are looked at together is no part of what is found.
  keyParams: ({ threshold, nms, maxDetections, resize, runtime, backend }) => ({
    threshold,
    nms,
    maxDetections,
    resize,
    runtime,
    backend,
  }),
  resources: ({ backend }) => ({ cpu: 1, ...(backend === 'gpu' ? { gpu: 1 } : {}) }),
  tools: ({ backend, runtime }) =>
    Promise.resolve({ backend: runtime === 'onnx' ? 'onnx' : expectedBackend(backend) }),
  async *items(context) {
    for await (const line of context.input('images').readLines('records.jsonl')) {
      const record = datasetRecordSchema.parse(JSON.parse(line));
      yield { id: record.id, record };
    }
  },
  itemKey: ({ record }, context) => ({
    image: record.imageDigest,
    detector: context.input('detector').digest,
    resize: context.params.resize,
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
    const { passOnLearntImages } = await import('../lib/dataset/learnt-images.js');
    const lines: string[] = [];
    let count = 0;
    for await (const { item, value } of results) {
      const finding = value as JsonObject & Finding;
      lines.push(JSON.stringify({ id: item.id, ...finding }));
      count += finding.detections.length;
    }
    await passOnLearntImages(context.input('detector'), context.output('predictions'));
    await context.output('predictions').write('predictions.jsonl', lines.map((line) => `${line}\n`).join(''));
    context.log(`${count} detections in ${lines.length} images`);
  },
});
