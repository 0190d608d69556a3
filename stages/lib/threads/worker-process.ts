import { fork } from 'node:child_process';
import { once } from 'node:events';
import { PendingCalls, type ThreadAnswer } from './pending-calls.js';
import type { WorkerThread } from './worker-thread.js';

/**
 * Starts a process whose file calls `serveParent`. What goes over is copied; it holds no shared memory.
 * @param environment beside this process's own
 * @throws what its start throws
 */
export async function startProcess(
  entry: string,
  setup: unknown,
  environment: Readonly<Record<string, string>>,
): Promise<WorkerThread> {
  const child = fork(entry, { serialization: 'advanced', env: { ...process.env, ...environment } });
  const calls = new PendingCalls((call) => child.send(call));
  child.on('error', (error) => calls.fail(error));
  child.on('exit', (code, signal) =>
    calls.fail(new Error(`A training process ended with ${signal ?? `code ${code}`}.`)),
  );
  child.on('message', (answer) => calls.settle(answer as ThreadAnswer));
  child.send({ setup });
  const device = await calls.hello();
  return {
    device,
    call: (method, ...args) => calls.call(method, ...args),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL'); // it holds nothing that is worth a farewell
      await gone;
    },
  };
}
