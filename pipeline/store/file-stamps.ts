import { statSync, type BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { askDisk } from '../core/ask-disk.js';

/** A local file system answers in microseconds, a network one in fractions of a millisecond. */
const slowMs = 0.1;

/** What a file's content is recognized by without reading it. */
export interface FileStamp {
  /** Inode, size and times: when this is the same, the content is taken to be. */
  readonly stamp: string;
  readonly sizeBytes: number;
  readonly changedMs: number;
}

/** The stamps of many files; of one that cannot be looked at, the error. */
export function stampFiles(paths: readonly string[]): Promise<(FileStamp | Error)[]> {
  const apart = (path: string): Promise<FileStamp | Error> =>
    stat(path, { bigint: true }).then(stampOf, asError);
  return askDisk<string, FileStamp | Error>(paths, stampSync, apart, slowMs);
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
