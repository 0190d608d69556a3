import { parentPort, workerData } from 'node:worker_threads';
import { UserError } from '../../pipeline/core/user-error.js';
import { ShardTask, type TaskSetup } from './shard-task.js';
import type { WorkerAnswer, WorkerCall } from './worker-pool.js';

// A thread's whole life: build the task, say hello, answer calls one after the other.
const port = parentPort;
if (!port) throw new Error('this file runs as a worker thread');
const answer = (message: WorkerAnswer): void => port.postMessage(message);
const failed = (id: number, error: unknown): void => {
  if (error instanceof UserError) answer({ id, error: { message: error.message, hint: error.hint ?? '' } });
  else
    answer({
      id,
      error: { message: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    });
};

try {
  const task = await ShardTask.start(workerData as TaskSetup);
  port.on('message', (call: WorkerCall) => {
    perform(task, call).then(
      (value) => answer({ id: call.id, value }),
      (error: unknown) => failed(call.id, error),
    );
  });
  answer({ id: 0, value: task.backend.device });
} catch (error) {
  failed(0, error);
}

async function perform(task: ShardTask, { method, args }: WorkerCall): Promise<unknown> {
  switch (method) {
    case 'gradients':
      return task.gradients(...(args as Parameters<ShardTask['gradients']>));
    case 'squares':
      return task.squares(...(args as Parameters<ShardTask['squares']>));
    case 'update':
      return task.update(...(args as Parameters<ShardTask['update']>));
    case 'find':
      return task.find(...(args as Parameters<ShardTask['find']>));
  }
}
