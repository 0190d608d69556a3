import { refText, type Flight } from './flight.js';
import type { Watch } from './watch.js';

/** The tasks of a stage that the engine has. It is asked about each submission as long as one of its tasks is there. */
export class Flights {
  readonly #flights = new Map<string, Flight>();
  readonly #ofSubmission = new Map<string, number>();

  /** @param folderOf a submission, by its nonce */
  constructor(
    private readonly watch: Pick<Watch, 'add' | 'drop'>,
    private readonly folderOf: (nonce: string) => string,
  ) {}

  get size(): number {
    return this.#flights.size;
  }

  /** Those of now: what lands or starts meanwhile does not change the list. */
  all(): readonly Flight[] {
    return [...this.#flights.values()];
  }

  /** Takes the tasks of new submissions, each with all of its tasks. */
  add(flights: readonly Flight[]): void {
    const indices = new Map<string, number[]>();
    for (const flight of flights) {
      this.#flights.set(refText(flight), flight);
      indices.set(flight.nonce, [...(indices.get(flight.nonce) ?? []), flight.index]);
    }
    for (const [nonce, own] of indices) {
      this.#ofSubmission.set(nonce, own.length);
      this.watch.add({ nonce, directory: this.folderOf(nonce), indices: own });
    }
  }

  /** The engine has this one no more. */
  land(flight: Flight): void {
    this.#flights.delete(refText(flight));
    const others = (this.#ofSubmission.get(flight.nonce) ?? 1) - 1;
    this.#ofSubmission.set(flight.nonce, others);
    if (others === 0) this.watch.drop(flight.nonce);
  }

  /** Nobody waits for any of them any more. */
  leave(): void {
    for (const nonce of this.#ofSubmission.keys()) this.watch.drop(nonce);
  }
}
