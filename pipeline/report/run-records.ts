import { isDigest } from '../core/digest.js';
import type { CacheKey } from '../store/key-parts.js';
import type { StageRecord } from '../store/records.js';
import type { Store } from '../store/store.js';
import type { StageSummary } from './run-summary.js';

/**
 * The records of the stages of runs that are told of. Each is read once: it may hold the names of a hundred thousand
 * source files, and runs that made nothing new have the same ones.
 */
export class RunRecords {
  readonly #records = new Map<CacheKey, Promise<StageRecord | undefined>>();

  constructor(readonly store: Store) {}

  /** What the store has of a stage's result in a run; where the result is in the cache alone, the record is, too. */
  of(summary: Pick<StageSummary, 'key'> | undefined): Promise<StageRecord | undefined> {
    const key = summary?.key;
    if (!isDigest(key)) return Promise.resolve(undefined);
    const record = this.#records.get(key) ?? this.#read(key);
    this.#records.set(key, record);
    return record;
  }

  async #read(key: CacheKey): Promise<StageRecord | undefined> {
    return (await this.store.records.readStage(key)) ?? this.store.cache?.readStage(key);
  }
}
