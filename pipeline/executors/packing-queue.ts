import { UserError } from '../core/user-error.js';
import type { Resources } from '../stage/definition.js';
import { gpusOf, shortages, type Capacity } from './capacity.js';
import type { Grant, Job } from './executor.js';

/** A waiting job lets this many that stand behind it go first; then nothing starts before it does. */
export const patience = 16;

interface Waiting {
  readonly resources: Resources;
  readonly priority: number;
  /** How many jobs that stood behind this one have started before it. */
  overtaken: number;
  readonly start: (grant: Grant) => void;
}

/**
 * Runs jobs as many at once as the capacity holds. Of the waiting ones those of higher priority stand first, then
 * those that came first; whoever fits into what is free starts, even before a larger one in front of it, but
 * `patience` times at most: a large job does not wait for ever.
 */
export class PackingQueue {
  readonly #free: { cpu: number; memoryMb: number; readonly gpus: number[]; jobs: number };
  readonly #waiting: Waiting[] = [];

  /** @param maxJobs a limit to the number of jobs at once, however little they need */
  constructor(
    readonly capacity: Capacity,
    readonly maxJobs: number = Infinity,
  ) {
    this.#free = { ...capacity, gpus: [...capacity.gpus], jobs: maxJobs };
  }

  /** How many jobs that need this much fit at once. */
  concurrency(resources: Resources): number {
    const { capacity } = this;
    const { cpu, memoryMb = 0 } = resources;
    const gpu = gpusOf(resources, capacity);
    const fitting = Math.min(
      this.maxJobs,
      Math.floor(capacity.cpu / cpu),
      memoryMb > 0 ? Math.floor(capacity.memoryMb / memoryMb) : Infinity,
      gpu > 0 ? Math.floor(capacity.gpus.length / gpu) : Infinity,
    );
    return Math.max(1, fitting);
  }

  /** @throws UserError at once for a job that never fits */
  async submit<T>({ resources, priority, signal, run }: Job<T>): Promise<T> {
    signal.throwIfAborted();
    const missing = shortages(resources, this.capacity);
    if (missing.length > 0) throw new UserError(`A job ${missing.join('; ')}.`);
    const grant = await this.#room(resources, priority, signal);
    try {
      return await run(grant);
    } finally {
      this.#giveBack(resources, grant);
    }
  }

  #room(resources: Resources, priority: number, signal: AbortSignal): Promise<Grant> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(signal.reason as Error);
        this.#startWhatFits();
      };
      const waiting: Waiting = {
        resources,
        priority,
        overtaken: 0,
        start: (grant) => {
          signal.removeEventListener('abort', leave);
          resolve(grant);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      const before = this.#waiting.findLastIndex((other) => other.priority >= priority);
      this.#waiting.splice(before + 1, 0, waiting);
      this.#startWhatFits();
    });
  }

  #startWhatFits(): void {
    const passed: Waiting[] = [];
    for (let index = 0; index < this.#waiting.length;) {
      const waiting = this.#waiting[index];
      if (!waiting || this.#free.jobs < 1 || this.#free.cpu < 1) return;
      if (this.#fits(waiting.resources)) {
        this.#waiting.splice(index, 1);
        for (const other of passed) other.overtaken++;
        waiting.start(this.#take(waiting.resources));
      } else {
        passed.push(waiting);
        index++;
      }
      if (passed.some(({ overtaken }) => overtaken >= patience)) return;
    }
  }

  #fits(resources: Resources): boolean {
    const free = this.#free;
    const { cpu, memoryMb = 0 } = resources;
    return (
      cpu <= free.cpu && memoryMb <= free.memoryMb && gpusOf(resources, this.capacity) <= free.gpus.length
    );
  }

  #take(resources: Resources): Grant {
    const { cpu, memoryMb = 0 } = resources;
    this.#free.jobs--;
    this.#free.cpu -= cpu;
    this.#free.memoryMb -= memoryMb;
    return { gpus: this.#free.gpus.splice(0, gpusOf(resources, this.capacity)) };
  }

  #giveBack({ cpu, memoryMb = 0 }: Resources, { gpus }: Grant): void {
    this.#free.jobs++;
    this.#free.cpu += cpu;
    this.#free.memoryMb += memoryMb;
    this.#free.gpus.push(...gpus);
    this.#free.gpus.sort((a, b) => a - b);
    this.#startWhatFits();
  }
}
