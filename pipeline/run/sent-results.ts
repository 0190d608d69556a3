import PQueue from 'p-queue';
import type { CacheKey } from '../store/key-parts.js';
import { pushResult } from '../store/remotes/push-result.js';
import type { World } from './world.js';

/** Leaves what a run makes in the cache, one result after the other, while the run goes on. */
export class SentResults {
  readonly #queue = new PQueue({ concurrency: 1 });
  #sent = { stages: 0, contents: 0, bytes: 0 };

  constructor(private readonly world: World) {}

  /** The result is in the store; when it is sent is the queue's affair. */
  send(key: CacheKey): void {
    const { store, signal, emit } = this.world;
    const { cache } = store;
    if (cache?.mode !== 'read-write') return;
    void this.#queue.add(async () => {
      if (signal.aborted) return;
      try {
        const { complete, contents, bytes } = await pushResult(store, cache, key);
        const { stages, contents: before, bytes: bytesBefore } = this.#sent;
        this.#sent = {
          stages: stages + (complete ? 1 : 0),
          contents: before + contents,
          bytes: bytesBefore + bytes,
        };
      } catch (error) {
        // Nothing that has to do with the cache fails a run.
        if (!signal.aborted)
          emit({ type: 'cache-trouble', message: `A result was not sent: ${String(error)}` });
      }
    });
  }

  /** Waits until everything is sent or given up. */
  async end(): Promise<void> {
    await this.#queue.onIdle();
    if (this.#sent.stages + this.#sent.contents > 0) this.world.emit({ type: 'cache-sent', ...this.#sent });
  }
}
