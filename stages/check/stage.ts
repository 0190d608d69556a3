import { defineMapStage } from '../../pipeline/stage/definition.js';
import { datasetRecordSchema } from '../lib/dataset/record.js';
import type { CheckedItem } from './check-image.js';
import { checkParams, imageActions } from './params.js';

/** Looks at every image and box of a dataset, counts what is wrong, and repairs what it is asked to. */
export const checkStage = defineMapStage({
  kind: 'check',
  summary: 'Finds faulty boxes and images in a dataset, and repairs or drops them where asked',
  revision: 2,
  params: checkParams,
  inputs: { dataset: { type: 'dataset', description: 'The dataset to look at' } },
  outputs: { dataset: { type: 'dataset', description: 'The same, without what was repaired or dropped' } },
  seeded: () => false,
  async *items(context): AsyncIterable<CheckedItem> {
    for await (const line of context.input('dataset').readLines('records.jsonl')) {
      const record = datasetRecordSchema.parse(JSON.parse(line));
      yield { id: record.id, record };
    }
  },
  itemKey: ({ record: { imageDigest, width, height } }, { params }) => ({
    image: imageDigest,
    width,
    height,
    repair: Object.entries(imageActions(params)).flatMap(([fault, action]) =>
      action === 'repair' ? [fault] : [],
    ),
  }),
  batchSize: () => 64,
  runBatch: async (items, context) => {
    const { checkBatch } = await import('./check-image.js');
    await checkBatch(items, context);
  },
  collect: async (results, context) => {
    const { collectChecked } = await import('./collect-checked.js');
    await collectChecked(results, context);
  },
});
