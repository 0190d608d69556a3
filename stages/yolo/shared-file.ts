import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** Bytes that are written or read at once; Node's limit is 2 GiB. */
const PIECE = 256 * 2 ** 20;

/** Puts a vector's numbers into a file that another process reads; it stays in the system's cache, and is not synced. */
export function writeVector(path: string, vector: Float32Array): void {
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  const file = openSync(path, 'w');
  try {
    for (let at = 0; at < bytes.length;)
      at += writeSync(file, bytes, at, Math.min(PIECE, bytes.length - at), at);
  } finally {
    closeSync(file);
  }
}

/** Fills a vector from such a file. @throws where the file is too short */
export function readVector(path: string, vector: Float32Array): void {
  const bytes = new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  const file = openSync(path, 'r');
  try {
    for (let at = 0; at < bytes.length;) {
      const read = readSync(file, bytes, at, Math.min(PIECE, bytes.length - at), at);
      if (read === 0) throw new Error(`${path} ends after ${at} of ${bytes.length} bytes`);
      at += read;
    }
  } finally {
    closeSync(file);
  }
}
