import type { ProcessResult } from '../../stage/context.js';
import { runProcess } from '../process.js';

const answerMs = 60_000;

/**
 * Calls a command of an engine, for a minute at most. Not under the run's signal: what is submitted while Ctrl-C comes
 * has to be known, to be cancelled.
 * @param env for the command: PATH, and what tasks inherit
 */
export function callCommand(
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<ProcessResult> {
  const given = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  return runProcess(
    program,
    args,
    { env: given, reject: false, timeoutMs: answerMs },
    { signal: new AbortController().signal, log: () => undefined },
  );
}
