import { readFile } from 'node:fs/promises';
import { writeAtomically } from '../../../pipeline/core/atomic-file.js';
import { digestOfBytes } from '../../../pipeline/core/digest.js';
import type { JsonObject } from '../../../pipeline/core/json.js';

/** Where a training stands: named vectors of numbers, and whatever JSON tells the rest. */
interface Checkpoint<S extends JsonObject> {
  readonly state: S;
  /** By name: parameters, their moving average, the optimizer's slots, the best parameters so far. */
  readonly vectors: Readonly<Record<string, Float32Array>>;
}

interface Header<S> {
  readonly version: 1;
  readonly digest: string;
  readonly state: S;
  readonly vectors: readonly { readonly name: string; readonly length: number }[];
}

/**
 * Writes a checkpoint as one file: a line of JSON, then the vectors. Written aside, fsynced and renamed; a kill at any
 * moment leaves the old checkpoint or the new one.
 */
export async function writeCheckpoint<S extends JsonObject>(
  path: string,
  checkpoint: Checkpoint<S>,
): Promise<void> {
  const entries = Object.entries(checkpoint.vectors);
  const body = Buffer.concat(
    entries.map(([, values]) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );
  const header: Header<S> = {
    version: 1,
    digest: digestOfBytes(body),
    state: checkpoint.state,
    vectors: entries.map(([name, values]) => ({ name, length: values.length })),
  };
  await writeAtomically(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
}

/**
 * Reads a checkpoint back. One that is not there is undefined; so is one that is cut off or altered, after a line to
 * the log: the training then starts from the beginning, which is slow and right.
 */
export async function readCheckpoint<S extends JsonObject>(
  path: string,
  log: (line: string) => void,
): Promise<Checkpoint<S> | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes) return undefined;
  const end = bytes.indexOf(10);
  const header = end < 0 ? undefined : parseHeader<S>(bytes.subarray(0, end).toString('utf8'));
  const body = bytes.subarray(end + 1);
  if (!header || digestOfBytes(body) !== header.digest) {
    log(`The checkpoint ${path} is damaged; it is left aside and the training starts anew.`);
    return undefined;
  }
  const vectors: Record<string, Float32Array> = {};
  let offset = 0;
  for (const { name, length } of header.vectors) {
    const values = new Float32Array(length);
    new Uint8Array(values.buffer).set(body.subarray(offset, offset + 4 * length));
    vectors[name] = values;
    offset += 4 * length;
  }
  return { state: header.state, vectors };
}

function parseHeader<S>(text: string): Header<S> | undefined {
  try {
    const header = JSON.parse(text) as Header<S>;
    return header.version === 1 ? header : undefined;
  } catch {
    return undefined;
  }
}
