import { appendFile } from 'node:fs/promises';
import type { OutputWriter } from '../../../pipeline/stage/artifact.js';
import type { DatasetHeader, DatasetRecord } from './record.js';

export interface DatasetToWrite {
  /** Class names; a class's index is its place here. */
  readonly classes: readonly string[];
  /**
   * Where the images are: `referenced` contents of the store, named by a record's imageDigest (the default), or
   * `written` by the stage itself under the same name.
   */
  readonly images?: 'referenced' | 'written';
}

/** Characters that are gathered before they go to the file: a write a record would cost more than the record. */
const chunkChars = 1 << 20;

/** Writes a dataset record by record; several can be open at once. Nothing is kept but ids and names. */
export class DatasetWriter {
  readonly #classes: ReadonlySet<string>;
  readonly #ids = new Set<string>();
  readonly #images = new Set<string>();
  #pending = '';
  #objectCount = 0;

  constructor(
    private readonly output: OutputWriter,
    private readonly dataset: DatasetToWrite,
  ) {
    this.#classes = new Set(dataset.classes);
    if (this.#classes.size !== dataset.classes.length)
      throw new Error(`A class stands twice in ${dataset.classes.join(', ')}.`);
  }

  get imageCount(): number {
    return this.#ids.size;
  }

  get objectCount(): number {
    return this.#objectCount;
  }

  /** Adds one image. @throws Error for an id or an image name that was used already, or for an unknown class */
  async add(record: DatasetRecord): Promise<void> {
    if (this.#ids.has(record.id)) throw new Error(`Two images of the dataset have the id "${record.id}".`);
    if (this.#images.has(record.image)) throw new Error(`Two images are to be written to ${record.image}.`);
    if (!isInside(record.image)) throw new Error(`${record.image} is no path inside images/.`);
    for (const object of record.objects)
      if (!this.#classes.has(object.class))
        throw new Error(`Image "${record.id}" has an object of the unlisted class "${object.class}".`);
    this.#ids.add(record.id);
    this.#images.add(record.image);
    this.#objectCount += record.objects.length;
    if (this.dataset.images !== 'written')
      this.output.reference(record.image, { digest: record.imageDigest, sizeBytes: record.imageBytes });
    this.#pending += `${JSON.stringify(record)}\n`;
    if (this.#pending.length >= chunkChars) await this.#flush();
  }

  /** Writes what is left of records.jsonl, and dataset.json. */
  async finish(): Promise<DatasetHeader> {
    await this.#flush();
    const header: DatasetHeader = {
      version: 1,
      classes: [...this.dataset.classes],
      imageCount: this.imageCount,
      objectCount: this.#objectCount,
    };
    await this.output.write('dataset.json', `${JSON.stringify(header, null, 2)}\n`);
    return header;
  }

  /** Opens and closes the file every time: whoever gives up half-way leaves no handle behind. */
  async #flush(): Promise<void> {
    const chunk = this.#pending;
    this.#pending = '';
    await appendFile(await this.output.path('records.jsonl'), chunk);
  }
}

function isInside(path: string): boolean {
  return path.startsWith('images/') && !/\/(\.\.?)?(\/|$)/.test(path);
}

/** Writes a whole dataset from a stream of records. Errors as DatasetWriter.add. */
export async function writeDataset(
  output: OutputWriter,
  dataset: DatasetToWrite,
  records: AsyncIterable<DatasetRecord> | Iterable<DatasetRecord>,
): Promise<DatasetHeader> {
  const writer = new DatasetWriter(output, dataset);
  for await (const record of records) await writer.add(record);
  return writer.finish();
}
