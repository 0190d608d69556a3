import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isDigest } from '../core/digest.js';
import { hasErrorCode } from '../core/error-code.js';
import type { CacheKey } from './key-parts.js';

/** What a run's journal says of the results that it used. */
export interface RunKeys {
  readonly id: string;
  /** Zero when the journal was cut before it said so. */
  readonly startedMs: number;
  /** Empty when the journal was cut before it said so. */
  readonly pipeline: string;
  /** The keys of the stages that it reused, made, or was making when it ended. */
  readonly keys: ReadonlySet<CacheKey>;
}

/** All runs of a store, the newest first. A journal counts as far as it can be read. */
export async function keysByRun(storeRoot: string): Promise<readonly RunKeys[]> {
  const folder = join(storeRoot, 'runs');
  const ids = await readdir(folder).catch((error: unknown) => {
    if (hasErrorCode(error, 'ENOENT')) return [];
    throw error;
  });
  const runs: RunKeys[] = [];
  for (const id of ids) runs.push(await runKeys(id, join(folder, id, 'journal.ndjson')));
  return runs.sort((a, b) => b.startedMs - a.startedMs || (a.id < b.id ? 1 : -1));
}

async function runKeys(id: string, journalPath: string): Promise<RunKeys> {
  let [startedMs, pipeline] = [0, ''];
  const keys = new Set<CacheKey>();
  try {
    for await (const line of createInterface({ input: createReadStream(journalPath), crlfDelay: Infinity })) {
      const event = parsedEvent(line);
      if (event?.type === 'run-started') {
        if (typeof event.atMs === 'number') startedMs = event.atMs;
        if (typeof event.pipeline === 'string') pipeline = event.pipeline;
      }
      if (isDigest(event?.key)) keys.add(event.key);
    }
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
  return { id, startedMs, pipeline, keys };
}

function parsedEvent(
  line: string,
): Partial<Record<'type' | 'pipeline' | 'key' | 'atMs', unknown>> | undefined {
  try {
    const event = JSON.parse(line) as unknown;
    return typeof event === 'object' && event !== null ? event : undefined;
  } catch {
    // The last line of a run that was killed: cut short.
    return undefined;
  }
}
