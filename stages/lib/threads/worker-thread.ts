import { Worker } from 'node:worker_threads';
import { PendingCalls, type ThreadAnswer } from './pending-calls.js';

/** A thread or process that answers calls one after the other. */
export interface WorkerThread {
  /** What it computes on, for people. */
  readonly device: string;
  call<T>(method: string, ...args: readonly unknown[]): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a thread whose file calls `serveCalls`; `setup` is its workerData. @throws what its start throws */
export async function startThread(entry: string, setup: unknown): Promise<WorkerThread> {
  const worker = new Worker(entry, { workerData: setup });
  const calls = new PendingCalls((call) => worker.postMessage(call));
  worker.on('error', (error) => calls.fail(error));
  worker.on('exit', (code) => calls.fail(new Error(`A training worker ended with code ${code}.`)));
  worker.on('message', (answer: ThreadAnswer) => calls.settle(answer));
  const device = await calls.hello();
  return {
    device,
    call: (method, ...args) => calls.call(method, ...args),
    stop: async () => void (await worker.terminate()),
  };
}
