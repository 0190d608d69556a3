import { setTimeout as pause } from 'node:timers/promises';
import { GrowingFile } from '../core/growing-file.js';

const pollMs = 250;

/**
 * The lines of files that grow, as they come, until the signal aborts; what stands in them already comes first. Files
 * are looked at again and again: notices of changes do not come over a network. A file need not be there yet; a last
 * line that was never finished does not come.
 * @param end where to stop: true when nothing more will come, asked before the files are looked at
 */
export async function* followLines(
  paths: readonly string[],
  signal: AbortSignal,
  end: () => Promise<boolean>,
): AsyncIterable<string> {
  const files = paths.map((path) => new GrowingFile(path));
  while (!signal.aborted) {
    const isLast = await end();
    let came = false;
    for (const file of files)
      for (const line of await file.newLines(false)) {
        came = true;
        yield line;
      }
    if (isLast && !came) return;
    if (!came) await pause(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
