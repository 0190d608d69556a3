import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startThread } from '../lib/threads/worker-thread.js';
import type { GradientRequest } from './scene.js';
import { StepTask, type TaskOutcome, type TaskSetup, type UpdateRequest } from './step-task.js';

/** One that computes: a worker thread, or this thread where there is no compiled worker to load. */
export interface StepWorker {
  readonly device: string;
  gradients(request: GradientRequest): Promise<TaskOutcome>;
  update(request: UpdateRequest): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts workers: two have something to do, for a step has two halves. Compiled, each is a thread with a tensor backend
 * of its own; run from the TypeScript sources (as tests do), one task in this thread does it all.
 */
export async function startStepWorkers(count: number, setup: TaskSetup): Promise<StepWorker[]> {
  const entry = fileURLToPath(new URL('./worker.js', import.meta.url));
  if (!existsSync(entry)) return [await inThisThread(setup)];
  return Promise.all(Array.from({ length: Math.min(2, count) }, () => inThread(entry, setup)));
}

async function inThisThread(setup: TaskSetup): Promise<StepWorker> {
  const task = await StepTask.start(setup);
  const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return {
    device: task.backend.device,
    gradients: (request) => breathe().then(() => task.gradients(request)),
    update: async (request) => task.update(request),
    stop: () => Promise.resolve(),
  };
}

async function inThread(entry: string, setup: TaskSetup): Promise<StepWorker> {
  const thread = await startThread(entry, setup);
  return {
    device: thread.device,
    gradients: (request) => thread.call('gradients', request),
    update: (request) => thread.call('update', request),
    stop: () => thread.stop(),
  };
}
