import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../../../pipeline/core/user-error.js';
import type { ThreadAnswer, ThreadCall } from './pending-calls.js';

interface Task {
  readonly backend: { readonly device: string };
}
type Perform<T> = (task: T, call: ThreadCall) => Promise<unknown>;

/** How calls come in and answers go out. */
interface CallPort {
  answer(message: ThreadAnswer): void;
  onCall(listen: (call: ThreadCall) => void): void;
}

/**
 * A worker thread's whole life: build the task, say hello with its device, answer calls one after the other.
 * @param start of the thread's workerData
 */
export async function serveCalls<S, T extends Task>(
  start: (setup: S) => Promise<T>,
  perform: Perform<T>,
): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('this runs in a worker thread');
  await serveOver(
    {
      answer: (message) => port.postMessage(message),
      onCall: (listen) => void port.on('message', listen),
    },
    () => start(workerData as S),
    perform,
  );
}

/** As serveCalls, in a process of its own; it ends when its parent does, however that ends. */
export async function serveParent<S, T extends Task>(
  start: (setup: S) => Promise<T>,
  perform: Perform<T>,
): Promise<void> {
  process.on('disconnect', () => process.exit());
  const setup = await new Promise<S>((resolve) => {
    process.once('message', (message) => resolve((message as { readonly setup: S }).setup));
  });
  await serveOver(
    {
      answer: (message) => void process.send?.(message),
      onCall: (listen) => void process.on('message', (call) => listen(call as ThreadCall)),
    },
    () => start(setup),
    perform,
  );
}

async function serveOver<T extends Task>(
  { answer, onCall }: CallPort,
  start: () => Promise<T>,
  perform: Perform<T>,
): Promise<void> {
  const failed = (id: number, error: unknown): void => {
    if (error instanceof UserError) answer({ id, error: { message: error.message, hint: error.hint ?? '' } });
    else {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      answer({ id, error: { message } });
    }
  };
  try {
    const task = await start();
    onCall((call) => {
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
