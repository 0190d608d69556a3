import { parseLine } from '../../dataset/json-line.js';
import { datasetHeaderSchema, datasetRecordSchema } from '../../dataset/record.js';
import type { OpenedAnnotations } from '../annotation.js';
import type { ReadRequest } from '../format.js';
import { readTextLines } from '../text-lines.js';

/** Opens a folder that holds a dataset of ours: `dataset.json`, `records.jsonl`, `images/`. */
export async function openDarkroom({ tree }: ReadRequest): Promise<OpenedAnnotations> {
  const label = tree.folder;
  const text = await tree.readText('dataset.json');
  const { classes } = parseLine(text, datasetHeaderSchema, { label, file: 'dataset.json' });
  return {
    classes,
    async *annotations() {
      const file = 'records.jsonl';
      for await (const { line, text: recordText } of readTextLines(await tree.open(file), file)) {
        if (recordText === '') continue;
        const record = parseLine(recordText, datasetRecordSchema, { label, file, line });
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
