import { durationMs, type Length } from '../core/duration.js';
import type { SlurmOptions, StageEntry } from '../file/schema.js';
import type { Resources, StageKind } from '../stage/definition.js';

const defaultBackoff = '1s';

/** What happens when a stage takes too long or fails. Part of no key: a result does not depend on it. */
export interface StagePolicy {
  /** How long one attempt may take, as it stands in the file. */
  readonly timeout?: Length;
  /** How many more attempts follow the first one. */
  readonly retries: number;
  /** The wait before the second attempt; it doubles with each further one. */
  readonly backoffMs: number;
  readonly onFailure: 'stop' | 'continue';
}

/** Where a stage's jobs run. Part of no key. */
export interface Placement {
  /** Where the run itself is, also in a run on a cluster. */
  readonly isLocal: boolean;
  readonly slurm: SlurmOptions;
}

export function stagePolicy(entry: StageEntry): StagePolicy {
  const { timeout, retries = 0, onFailure } = entry;
  const { count, backoff } = typeof retries === 'number' ? { count: retries, backoff: undefined } : retries;
  return {
    ...(timeout === undefined ? {} : { timeout: { text: timeout, ms: durationMs(timeout) } }),
    retries: count,
    backoffMs: durationMs(backoff ?? defaultBackoff),
    onFailure,
  };
}

/** What a job of the stage needs: as its kind says, and where the file says something else, that. */
export function stageResources(kind: StageKind, params: unknown, entry: StageEntry): Resources {
  const { cpu, memoryMb, gpu } = entry.resources ?? {};
  return {
    ...(kind.resources?.(params) ?? { cpu: 1 }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(gpu === undefined ? {} : { gpu }),
  };
}
