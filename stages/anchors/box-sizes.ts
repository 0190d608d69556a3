import type { ArtifactReader } from '../../pipeline/stage/artifact.js';
import { datasetRecordSchema } from '../lib/dataset/record.js';
import { letterboxOf } from '../lib/imaging/letterbox.js';
import type { Size } from './k-means.js';

/** The sizes of a dataset's boxes in pixels of a network's input, letterboxed into it; crowds and empty boxes left out. */
export async function boxSizes(
  dataset: ArtifactReader,
  inputSize: readonly [number, number],
): Promise<Size[]> {
  const sizes: Size[] = [];
  for await (const line of dataset.readLines('records.jsonl')) {
    const record = datasetRecordSchema.parse(JSON.parse(line));
    const { placement } = letterboxOf(record.width, record.height, inputSize[0], inputSize[1]);
    for (const { box, crowd } of record.objects) {
      const width = ((box[2] - box[0]) * placement.width) / record.width;
      const height = ((box[3] - box[1]) * placement.height) / record.height;
      if (!crowd && width > 0 && height > 0) sizes.push([width, height]);
    }
  }
  return sizes;
}
