import { createInterface } from 'node:readline';
import { UserError } from '../core/user-error.js';
import type { ProcessOptions, ProcessResult } from '../stage/context.js';
import { ProcessTree } from './process-tree.js';

const killGraceMs = 5000;
/** How long what a program left running may go on after it, to write its last lines. */
const lingerMs = 2000;
/** How many of a program's last lines an error shows. */
export const keptLines = 50;

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
 * whole tree is asked to end (TERM), then made to (KILL). What a program leaves running when it ends by itself is
 * ended too. The promise settles only when nothing of the tree is left.
 */
export async function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions,
  world: {
    readonly signal: AbortSignal;
    readonly log: (line: string) => void;
    /** How long after TERM comes KILL. */
    readonly graceMs?: number;
  },
): Promise<ProcessResult> {
  // Loaded when the first program is called: most invocations call none.
  const { execa } = await import('execa');
  world.signal.throwIfAborted();
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

  const tree = child.pid === undefined ? undefined : new ProcessTree(child.pid);
  let timedOut = false;
  let ending: Promise<void> | undefined;
  const end = (): void => {
    ending ??= tree?.end(world.graceMs ?? killGraceMs, world.log).then(() => {
      // Whoever escaped from the tree may still hold the other end.
      child.stdout.destroy();
      child.stderr.destroy();
    });
  };
  const timer =
    options.timeoutMs === undefined
      ? undefined
      : setTimeout(() => ((timedOut = true), end()), options.timeoutMs);
  let lingering: NodeJS.Timeout | undefined;
  child.once('exit', () => (lingering = setTimeout(end, lingerMs)));
  world.signal.addEventListener('abort', end, { once: true });
  options.signal?.addEventListener('abort', end, { once: true });
  if (options.signal?.aborted) end();
  let ended;
  try {
    ended = await child;
    if (tree && !ending && !tree.groupHasEnded() && !(await tree.ended(lingerMs))) end();
    await ending;
  } finally {
    clearTimeout(timer);
    clearTimeout(lingering);
    world.signal.removeEventListener('abort', end);
    options.signal?.removeEventListener('abort', end);
  }
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
