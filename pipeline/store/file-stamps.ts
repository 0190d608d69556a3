import { statSync, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { concurrently } from '../core/concurrently.js';

const chunkSize = 256;
/** A local file system answers in microseconds, a network one in fractions of a millisecond. */
const slowMsPerFile = 0.1;

/** What a file's content is recognized by without reading it. */
export interface FileStamp {
  /** Inode, size and times: when this is the same, the content is taken to be. */
  readonly stamp: string;
  readonly sizeBytes: number;
  readonly changedMs: number;
}

/**
 * The stamps of many files; of one that cannot be looked at, the error. On a local disk a plain loop is several
 * times faster than asking through the thread pool; where the first answers are slow, the rest is asked at once.
 */
export async function stampFiles(paths: readonly string[]): Promise<(FileStamp | Error)[]> {
  const stamps = new Array<FileStamp | Error>(paths.length);
  let start = 0;
  let slow = false;
  for (; start < paths.length && !slow; start += chunkSize) {
    const chunk = paths.slice(start, start + chunkSize);
    const beganMs = performance.now();
    for (const [index, path] of chunk.entries()) stamps[start + index] = stampSync(path);
    slow = (performance.now() - beganMs) / chunk.length > slowMsPerFile;
  }
  await concurrently(paths.slice(start).entries(), 64, async ([index, path]) => {
    stamps[start + index] = await stat(path, { bigint: true }).then(stampOf, asError);
  });
  return stamps;
}

function stampSync(path: string): FileStamp | Error {
  try {
    return stampOf(statSync(path, { bigint: true }));
  } catch (error) {
    return asError(error);
  }
}

function stampOf(facts: BigIntStats): FileStamp {
  const stamp = `${facts.ino}:${facts.size}:${facts.mtimeNs}:${facts.ctimeNs}`;
  return { stamp, sizeBytes: Number(facts.size), changedMs: Number(facts.mtimeNs / 1_000_000n) };
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
