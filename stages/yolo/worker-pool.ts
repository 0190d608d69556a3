import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FindOptions, FoundObject } from '../lib/darknet/find-objects.js';
import type { RgbImage } from '../lib/imaging/decode-image.js';
import { startThread } from '../lib/threads/worker-thread.js';
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
  const thread = await startThread(entry, setup);
  return {
    device: thread.device,
    gradients: (...args) => thread.call('gradients', ...args),
    squares: (...args) => thread.call('squares', ...args),
    update: (...args) => thread.call('update', ...args),
    find: (...args) => thread.call('find', ...args),
    stop: () => thread.stop(),
  };
}
