import { defineMapStage } from '../../../pipeline/stage/definition.js';
import { datasetRecordSchema } from '../../lib/dataset/record.js';
import { expectedBackend } from '../../lib/tensors/backend-choice.js';
import { translateParams } from './params.js';

/** Translates the images of a dataset, each cached for itself, and guards what they show. */
export const cycleGanTranslateStage = defineMapStage({
  kind: 'cyclegan/translate',
  summary:
    'Make rendered images look like real ones with a trained generator; boxes stay, bad results are rejected.',
  revision: 2,
  params: translateParams,
  inputs: {
    dataset: { type: 'dataset', description: 'The images to translate, with their boxes.' },
    generator: { type: 'generator', description: 'What translates them.' },
    target: {
      type: 'dataset',
      optional: true,
      description:
        'Images of the target domain: the distance to them is measured before and after. A generator with an encoder makes maps of them.',
    },
    detector: {
      type: 'detector',
      optional: true,
      description:
        'Finds the objects before and after: images in which it loses or invents some are rejected.',
    },
  },
  outputs: {
    dataset: { type: 'dataset', description: 'The translated images with the boxes of the originals.' },
  },
  seeded: () => true,
  resources: ({ backend, runtime }) => ({
    cpu: 1,
    ...(backend === 'gpu' && runtime === 'tfjs' ? { gpu: 1 } : {}),
  }),
  tools: ({ backend, runtime }) =>
    Promise.resolve({ backend: runtime === 'onnx' ? 'onnx' : expectedBackend(backend) }),
  async *items(context) {
    const [{ readHeader }, { checkVersions, choiceOfPictures }] = await Promise.all([
      import('../generator-header.js'),
      import('./versions.js'),
    ]);
    const header = await readHeader(context.input('generator'));
    checkVersions(context.params.versions, header);
    const choose = await choiceOfPictures(context, header);
    for await (const line of context.input('dataset').readLines('records.jsonl')) {
      const record = datasetRecordSchema.parse(JSON.parse(line));
      yield { id: record.id, record, ...choose?.(record) };
    }
  },
  // Thresholds are no part of it: they are applied when the dataset is gathered, so that another one translates nothing.
  itemKey: ({ record, shown }, context) => ({
    image: record.imageDigest,
    generator: context.input('generator').digest,
    seed: context.seed,
    versions: context.params.versions,
    memoryMb: context.params.memoryMb,
    objects: record.objects.map(({ box, class: name, crowd }) => [name, ...box, crowd === true]),
    detector: context.hasInput('detector')
      ? [context.input('detector').digest, context.params.guard.threshold]
      : null,
    // Only where there are any: without, keys are what they were before there were encoders.
    ...(shown ? { shown } : {}),
  }),
  batchSize: () => 32,
  runBatch: async (items, context) => {
    const { translateBatch } = await import('./translate-batch.js');
    await translateBatch(items, context);
  },
  collect: async (results, context) => {
    const { collectTranslated } = await import('./collect-translated.js');
    await collectTranslated(results, context);
  },
});
