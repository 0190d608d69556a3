import { open } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { hasErrorCode } from '../core/error-code.js';

const pollMs = 250;
const chunkBytes = 256 * 1024;

/**
 * The lines of files that grow, as they come, until the signal aborts; what stands in them already comes first. Files
 * are looked at again and again: notices of changes do not come over a network. A file need not be there yet.
 * @param end where to stop: true when nothing more will come, asked before the files are looked at
 */
export async function* followLines(
  paths: readonly string[],
  signal: AbortSignal,
  end: () => Promise<boolean>,
): AsyncIterable<string> {
  const places = new Map(paths.map((path) => [path, { offset: 0, rest: '' }]));
  while (!signal.aborted) {
    const isLast = await end();
    let came = false;
    for (const [path, place] of places) {
      const added = await readFrom(path, place.offset);
      if (added.length === 0) continue;
      came = true;
      place.offset += added.length;
      // Cut in the middle of a letter, its bytes wait in `rest` with the line: latin1 keeps them apart.
      const lines = (place.rest + added.toString('latin1')).split('\n');
      place.rest = lines.pop() ?? '';
      for (const line of lines) yield Buffer.from(line, 'latin1').toString('utf8');
    }
    if (isLast && !came) return;
    if (!came) await pause(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

async function readFrom(path: string, offset: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(chunkBytes);
      const { bytesRead } = await file.read(buffer, 0, chunkBytes, offset);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return Buffer.alloc(0);
    throw error;
  }
}
