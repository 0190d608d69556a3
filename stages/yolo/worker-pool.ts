import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { UserError } from '../../pipeline/core/user-error.js';
import type { FindOptions, FoundObject } from '../lib/darknet/find-objects.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import type { LossParts } from './loss.js';
import {
  ShardTask,
  type GradientRequest,
  type Part,
  type TaskSetup,
  type UpdateRequest,
} from './shard-task.js';

/** One that computes: a worker thread, or this thread where there is no compiled worker to load. */
export interface ShardWorker {
  gradients(request: GradientRequest): Promise<LossParts>;
  squares(request: Part & { readonly frozenLayers: number }): Promise<number[]>;
  update(request: UpdateRequest): Promise<void>;
  find(images: readonly RgbImage[], options: FindOptions): Promise<FoundObject[][]>;
  /** What it computes on, for people. */
  readonly device: string;
  stop(): Promise<void>;
}

/** A call of a worker's method, and its answer. */
export interface WorkerCall {
  readonly id: number;
  readonly method: 'gradients' | 'squares' | 'update' | 'find';
  readonly args: readonly unknown[];
}
export type WorkerAnswer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: WorkerFailure };

/** An error as it comes over from a thread. */
interface WorkerFailure {
  readonly message: string;
  /** Set for errors that a person can mend. */
  readonly hint?: string;
}

/**
 * Starts workers. Compiled, each is a thread with a tensor backend of its own, and this thread stays free; run from the
 * TypeScript sources (as tests do), threads cannot be loaded and one task in this thread does it all.
 */
export async function startWorkers(count: number, setup: TaskSetup): Promise<ShardWorker[]> {
  const entry = fileURLToPath(new URL('./worker.js', import.meta.url));
  if (!existsSync(entry)) return [await inThisThread(setup)];
  return Promise.all(Array.from({ length: count }, () => inThread(entry, setup)));
}

async function inThisThread(setup: TaskSetup): Promise<ShardWorker> {
  const task = await ShardTask.start(setup);
  const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    device: task.backend.device,
    gradients: (request) => breathe().then(() => task.gradients(request)),
    squares: async (request) => task.squares(request),
    update: async (request) => task.update(request),
    find: (images, options) => task.find(images, options),
    stop: () => Promise.resolve(),
  };
}

async function inThread(entry: string, setup: TaskSetup): Promise<ShardWorker> {
  const worker = new Worker(entry, { workerData: setup });
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let failure: Error | undefined;
  let next = 1;
  const fail = (error: Error): void => {
    failure ??= error;
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', (code) => fail(new Error(`A training worker ended with code ${code}.`)));
  worker.on('message', (answer: WorkerAnswer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('error' in answer) call?.reject(errorOf(answer.error));
    else call?.resolve(answer.value);
  });
  const expect = <T>(id: number): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (failure) reject(failure);
      else waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
    });
  const call = <T>(method: WorkerCall['method'], ...args: readonly unknown[]): Promise<T> => {
    const id = next++;
    const answer = expect<T>(id);
    worker.postMessage({ id, method, args } satisfies WorkerCall);
    return answer;
  };
  const device = await expect<string>(0); // the worker says hello once its backend stands
  return {
    device,
    gradients: (...args) => call('gradients', ...args),
    squares: (...args) => call('squares', ...args),
    update: (...args) => call('update', ...args),
    find: (...args) => call('find', ...args),
    stop: async () => void (await worker.terminate()),
  };
}

function errorOf({ message, hint }: WorkerFailure): Error {
  return hint === undefined ? new Error(message) : new UserError(message, { hint });
}
