import { setTimeout } from 'node:timers/promises';
import type { CacheKey } from '../store/key-parts.js';
import type { Present } from '../store/presence/present.js';
import type { World } from './world.js';

const pollMs = 200;

/** What a stage's item needs to be shared with other stages and runs: the key that they know it by. */
export interface Claimable {
  readonly key: CacheKey;
}

/**
 * Which items are this stage's to make. Two stages or runs may have some of their items in common: each is made by
 * the one that claims it, and the others take it out of the store. An item that somebody else makes is put off until
 * nothing else is left to do.
 */
export class ItemClaims<T extends Claimable> {
  /** By identity: a stage may have the same item twice, under two names. */
  #putOff: T[] = [];
  /** Claimed and not given up: another stage of this run may have an item's claim next. */
  readonly #claimed = new Set<T>();
  readonly #announced = new Set<string>();

  constructor(
    readonly stage: string,
    readonly world: Pick<World, 'locks' | 'emit'>,
    readonly signal: AbortSignal,
  ) {}

  /** Claims what nobody else makes. @returns those claimed; the others are put off */
  async claim(items: readonly T[]): Promise<T[]> {
    const claimed: T[] = [];
    const others = new Map<string, { owner: Present; count: number }>();
    const attempts = await Promise.allSettled(
      items.map(async (item) => {
        const attempt = await this.world.locks.attempt(lockName(item));
        if (attempt.taken) this.#claimed.add(item);
        return { item, attempt };
      }),
    );
    for (const outcome of attempts) {
      if (outcome.status === 'rejected') {
        for (const item of items) await this.release(item);
        throw outcome.reason;
      }
      const { item, attempt } = outcome.value;
      if (attempt.taken) {
        claimed.push(item);
        continue;
      }
      this.#putOff.push(item);
      const { owner } = attempt;
      if (owner) others.set(owner.runId, { owner, count: (others.get(owner.runId)?.count ?? 0) + 1 });
    }
    for (const { owner, count } of others.values()) this.#announce(owner, count);
    return claimed;
  }

  /** Gives an item up, made or not. */
  async release(item: T): Promise<void> {
    if (this.#claimed.delete(item)) await this.world.locks.release(lockName(item));
  }

  /** The items that were put off, after a moment in which their makers may have gone on; none when there are none. */
  async takePutOff(): Promise<T[]> {
    const items = this.#putOff;
    this.#putOff = [];
    if (items.length > 0) await setTimeout(pollMs, undefined, { signal: this.signal });
    return items;
  }

  /** Says once for every other run that it is waited for. */
  #announce({ runId, host, pid }: Present, items: number): void {
    if (runId === this.world.locks.self.runId || this.#announced.has(runId)) return;
    this.#announced.add(runId);
    const { stage } = this;
    this.world.emit({ type: 'stage-waits', stage, owner: { runId, host, pid }, sameRun: false, items });
  }
}

function lockName({ key }: Claimable): string {
  return `item-${key}`;
}
