import { createInterface } from 'node:readline';
import { UserError } from '../core/user-error.js';
import type { ProcessOptions, ProcessResult } from '../stage/context.js';

const killGraceMs = 5000;
const keptLines = 50;

/** A program that could not be started or ended with an error; `details` are the last lines it printed. */
class ProcessError extends UserError {
  constructor(
    readonly program: string,
    readonly result: ProcessResult,
    reason: string,
    lastLines: readonly string[],
  ) {
    super(`${program} ${reason}`, { details: lastLines });
  }
}

/**
 * Runs a program, without a shell, as the leader of a process group of its own. On cancellation or time-out the
 * whole group is asked to end (TERM), then made to (KILL); the promise settles only when the child is gone.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
  world: { readonly signal: AbortSignal; readonly log: (line: string) => void },
): Promise<ProcessResult> {
  world.signal.throwIfAborted();
  // Loaded when the first program is called: most invocations call none.
  const { execa } = await import('execa');
  const child = execa(file, args, {
    detached: true,
    reject: false,
    extendEnv: false,
    env: options.env ?? {},
    stdin: 'ignore',
    buffer: true,
    maxBuffer: 64 * 1024 * 1024,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const lastLines: string[] = [];
  for (const [name, stream] of [['stdout', child.stdout] as const, ['stderr', child.stderr] as const]) {
    createInterface({ input: stream }).on('line', (line) => {
      lastLines.push(line);
      if (lastLines.length > keptLines) lastLines.shift();
      world.log(line);
      options.onLine?.(line, name);
    });
  }

  let timedOut = false;
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => {
    signalGroup(child.pid, 'SIGTERM');
    killer ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), killGraceMs);
  };
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => ((timedOut = true), end()), options.timeoutMs);
  world.signal.addEventListener('abort', end, { once: true });
  let ended;
  try {
    ended = await child;
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
    world.signal.removeEventListener('abort', end);
  }
  // What the leader left behind in its group ends with it.
  if (world.signal.aborted || timedOut) signalGroup(child.pid, 'SIGKILL');
  world.signal.throwIfAborted();

  const result: ProcessResult = {
    exitCode: ended.exitCode ?? null,
    signal: ended.signal ?? null,
    stdout: ended.stdout,
    stderr: ended.stderr,
  };
  if (timedOut)
    throw new ProcessError(file, result, `did not end within ${options.timeoutMs ?? 0} ms`, lastLines);
  if (result.exitCode === null && result.signal === null)
    throw new ProcessError(file, result, `could not be started: ${ended.shortMessage ?? ''}`, lastLines);
  if (options.reject !== false && result.exitCode !== 0) {
    const reason = result.signal
      ? `was ended by ${result.signal}`
      : `failed with exit code ${String(result.exitCode)}`;
    throw new ProcessError(file, result, reason, lastLines);
  }
  return result;
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already.
  }
}
