import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { ThreadAnswer, ThreadCall } from './worker-thread.js';

/**
 * A worker thread's whole life: build the task, say hello with its device, answer calls one after the other.
 * @param start of the thread's workerData
 */
export async function serveCalls<S, T extends { readonly backend: { readonly device: string } }>(
  start: (setup: S) => Promise<T>,
  perform: (task: T, call: ThreadCall) => Promise<unknown>,
): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('this runs in a worker thread');
  const answer = (message: ThreadAnswer): void => port.postMessage(message);
  const failed = (id: number, error: unknown): void => {
    if (error instanceof UserError) answer({ id, error: { message: error.message, hint: error.hint ?? '' } });
    else {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      answer({ id, error: { message } });
    }
  };
  try {
    const task = await start(workerData as S);
    port.on('message', (call: ThreadCall) => {
      perform(task, call).then(
        (value) => answer({ id: call.id, value }),
        (error: unknown) => failed(call.id, error),
      );
    });
    answer({ id: 0, value: task.backend.device });
  } catch (error) {
    failed(0, error);
  }
}
