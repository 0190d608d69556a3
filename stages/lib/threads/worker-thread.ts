import { Worker } from 'node:worker_threads';
import { UserError } from '../../../pipeline/core/user-error.js';

/** A call of a method of what lives in a thread, and its answer. */
export interface ThreadCall {
  readonly id: number;
  readonly method: string;
  readonly args: readonly unknown[];
}
export type ThreadAnswer =
  { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: ThreadFailure };

/** An error as it comes over from a thread. */
interface ThreadFailure {
  readonly message: string;
  /** Set for errors that a person can mend. */
  readonly hint?: string;
}

/** A thread that answers calls one after the other. */
export interface WorkerThread {
  /** What it computes on, for people. */
  readonly device: string;
  call<T>(method: string, ...args: readonly unknown[]): Promise<T>;
  stop(): Promise<void>;
}

/** Starts a thread whose file calls `serveCalls`; `setup` is its workerData. @throws what its start throws */
export async function startThread(entry: string, setup: unknown): Promise<WorkerThread> {
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
  worker.on('message', (answer: ThreadAnswer) => {
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
  const device = await expect<string>(0); // the worker says hello once its backend stands
  return {
    device,
    call: (method, ...args) => {
      const id = next++;
      const answer = expect(id);
      worker.postMessage({ id, method, args } satisfies ThreadCall);
      return answer as Promise<never>;
    },
    stop: async () => void (await worker.terminate()),
  };
}

function errorOf({ message, hint }: ThreadFailure): Error {
  return hint === undefined ? new Error(message) : new UserError(message, { hint });
}
