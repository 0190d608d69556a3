import { UserError } from '../core/user-error.js';
import type { Item } from '../stage/context.js';
import type { StageAttempt } from './stage-attempt.js';

const shownFailures = 5;

export interface ItemFailure {
  readonly message: string;
  readonly details: readonly string[];
}

/** What became of a map stage's items, as far as it is known; tells of each. */
export class ItemTally {
  readonly failures = new Map<string, ItemFailure>();
  hint: string | undefined;
  #done: number;

  /** @param done how many of all were made before */
  constructor(
    readonly attempt: StageAttempt,
    readonly total: number,
    done: number,
  ) {
    this.#done = done;
  }

  /** One more is made, or has failed. */
  settled(): void {
    this.#done++;
    this.underWay(0);
  }

  /** So many more are made by others who will tell of them later. */
  underWay(count: number): void {
    const { stage } = this.attempt.state;
    const done = Math.min(this.total, this.#done + count);
    this.attempt.world.emit({
      type: 'stage-progress',
      stage: stage.name,
      done,
      total: this.total,
      unit: 'items',
    });
  }

  fail(item: Item, message: string, details: readonly string[] = []): void {
    if (this.attempt.hasEnded || this.hasFailed(item)) return;
    this.failures.set(item.id, { message, details });
    this.attempt.world.emit({
      type: 'item-failed',
      stage: this.attempt.state.stage.name,
      item: item.id,
      message,
    });
    this.settled();
  }

  hasFailed(item: Item): boolean {
    return this.failures.has(item.id);
  }

  /** @throws UserError when items have failed */
  throwFailures(): void {
    const { failures, attempt, total, hint } = this;
    if (failures.size > 0) throw failedItems(attempt.state.stage.name, total, failures, hint);
  }
}

/** Names the first failures, and shows in full what the very first one printed. */
function failedItems(
  stage: string,
  total: number,
  failures: ReadonlyMap<string, ItemFailure>,
  hint: string | undefined,
): UserError {
  const [only, ...others] = failures.values();
  // The one job of a program that is called once: its own failure is all there is to say.
  if (only && others.length === 0 && total === 1)
    return new UserError(`${stage} failed: ${only.message}`, {
      details: only.details,
      ...(hint === undefined ? {} : { hint }),
    });
  const shown = [...failures].slice(0, shownFailures).map(([id, { message }]) => `${id}: ${message}`);
  const more = failures.size - shownFailures;
  if (more > 0) shown.push(`… and ${more} more; the journal of the run names them all`);
  const first = [...failures.values()].find(({ details }) => details.length > 0);
  const kept = failures.size < total ? '; the others are kept' : '';
  return new UserError(`${failures.size} of ${total} items of ${stage} failed${kept}.`, {
    details: [...shown, ...(first?.details ?? [])],
    ...(hint === undefined ? {} : { hint }),
  });
}
