import { createInterface } from 'node:readline';
import { parseLine } from '../../dataset/json-line.js';
import { datasetHeaderSchema, datasetRecordSchema } from '../../dataset/record.js';
import type { OpenedAnnotations } from '../annotation.js';
import type { ReadRequest } from '../format.js';

/** Opens a folder that holds a dataset of ours: `dataset.json`, `records.jsonl`, `images/`. */
export async function openDarkroom({ tree }: ReadRequest): Promise<OpenedAnnotations> {
  const label = tree.folder;
  const text = await tree.readText('dataset.json');
  const { classes } = parseLine(text, datasetHeaderSchema, { label, file: 'dataset.json' });
  return {
    classes,
    async *annotations() {
      const file = 'records.jsonl';
      let line = 0;
      for await (const lineText of createInterface({ input: await tree.open(file), crlfDelay: Infinity })) {
        line += 1;
        if (lineText === '') continue;
        const record = parseLine(lineText, datasetRecordSchema, { label, file, line });
        const { id, image, width, height, objects, attributes, source } = record;
        yield {
          id,
          image,
          size: { width, height },
          place: { file, line },
          objects: () => objects,
          attributes,
          source,
        };
      }
    },
  };
}
