import { UserError } from '../../../pipeline/core/user-error.js';
import { nearestName } from '../../../pipeline/core/nearest-name.js';
import type { ArtifactReader } from '../../../pipeline/stage/artifact.js';
import { parseLine } from './json-line.js';
import {
  datasetHeaderSchema,
  datasetRecordSchema,
  type DatasetHeader,
  type DatasetRecord,
} from './record.js';

/** A dataset artifact, opened. */
export interface Dataset {
  /** How messages call it: what the caller named it, or its type and digest. */
  readonly label: string;
  readonly header: DatasetHeader;
  readonly artifact: ArtifactReader;
  /**
   * All records in their order, streamed and validated; may be called again.
   * @throws UserError that names the dataset and the line, for a line that is not a record, a second record of
   *   the same id, a class that the header does not know, or another number of records than it promises
   */
  records(): AsyncIterable<DatasetRecord>;
}

/**
 * Opens a dataset artifact.
 * @param label how messages call it; it goes into no result
 * @throws UserError when dataset.json is missing or is not a header
 */
export async function readDataset(
  artifact: ArtifactReader,
  label = `dataset ${artifact.digest.slice(0, 12)}`,
): Promise<Dataset> {
  for (const name of ['dataset.json', 'records.jsonl'])
    if (!(await artifact.has(name)))
      throw new UserError(`${label} has no ${name}, so it is not a dataset.`, {
        hint: 'A dataset comes out of annotate, import, merge or split; run that stage again.',
      });
  const text = await artifact.readText('dataset.json');
  const header = parseLine(text, datasetHeaderSchema, { label, file: 'dataset.json' });
  return { label, header, artifact, records: () => recordsOf(artifact, label, header) };
}

async function* recordsOf(
  artifact: ArtifactReader,
  label: string,
  header: DatasetHeader,
): AsyncIterable<DatasetRecord> {
  const lineOfId = new Map<string, number>();
  const classes = new Set(header.classes);
  let line = 0;
  for await (const text of artifact.readLines('records.jsonl')) {
    line += 1;
    const place = { label, file: 'records.jsonl', line };
    const record = parseLine(text, datasetRecordSchema, place);
    const earlier = lineOfId.get(record.id);
    if (earlier !== undefined)
      throw new UserError(
        `${label}, records.jsonl line ${line}: the id "${record.id}" stands in line ${earlier} already.`,
      );
    lineOfId.set(record.id, line);
    for (const object of record.objects)
      if (!classes.has(object.class)) throw unknownClass(object.class, record, place, header);
    yield record;
  }
  if (line !== header.imageCount)
    throw new UserError(`${label} has ${line} records, but its header promises ${header.imageCount}.`, {
      hint: 'Its records.jsonl was cut short or edited; run the stage that made it again.',
    });
}

function unknownClass(
  name: string,
  record: DatasetRecord,
  place: { readonly label: string; readonly line: number },
  header: DatasetHeader,
): UserError {
  const near = nearestName(name, header.classes);
  return new UserError(
    `${place.label}, records.jsonl line ${place.line}: image "${record.id}" has an object of class "${name}", ` +
      `which the dataset's header does not list.`,
    { hint: `Its classes are ${header.classes.join(', ')}.${near ? ` Is "${near}" meant?` : ''}` },
  );
}
