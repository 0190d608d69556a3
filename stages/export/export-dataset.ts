import type { StageContext } from '../../pipeline/stage/context.js';
import { readDataset } from '../lib/dataset/dataset.js';
import type { DatasetRecord } from '../lib/dataset/record.js';
import { checkWriteOptions } from '../lib/formats/check-options.js';
import { CountedNotes } from '../lib/formats/counted-notes.js';
import { formatOf } from '../lib/formats/formats.js';
import type { ExportParams } from './params.js';

/** Writes the dataset; images are the store's own contents under new names. What the format cannot hold is told. */
export async function exportDataset(context: StageContext<ExportParams>): Promise<void> {
  const { params, signal } = context;
  checkWriteOptions(params.format, params);
  const artifact = context.input('dataset');
  const dataset = await readDataset(artifact, 'the dataset');
  const output = context.output('files');
  const losses = new CountedNotes();
  const digests = new Map<string, Pick<DatasetRecord, 'imageDigest' | 'imageBytes'>>();
  const writer = (await formatOf(params.format)).create({
    classes: dataset.header.classes,
    path: (name) => output.path(name),
    placeImage: async (name, { record }) => {
      const content = digests.get(record.id);
      if (content) output.reference(name, { digest: content.imageDigest, sizeBytes: content.imageBytes });
    },
    options: { shards: params.shards },
    notes: losses,
  });
  let done = 0;
  for await (const { imageDigest, imageBytes, ...record } of dataset.records()) {
    signal.throwIfAborted();
    digests.set(record.id, { imageDigest, imageBytes });
    await writer.add({ record, content: { type: 'file', path: artifact.locate({ digest: imageDigest }) } });
    digests.delete(record.id);
    done += 1;
    if (done % 200 === 0) context.progress({ done, total: dataset.header.imageCount, unit: 'images' });
  }
  await writer.finish();
  for (const sentence of losses.sentences()) context.warn(sentence);
  context.metric('images', dataset.header.imageCount);
  context.metric('objects', dataset.header.objectCount);
}
