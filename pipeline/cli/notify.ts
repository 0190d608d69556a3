import { execa } from 'execa';
import type { RunVerdict } from './conclude-run.js';

const timeoutMs = 60_000;

/**
 * Calls the program that a pipeline file's `notify` names, with the verdict as JSON on its standard input.
 * @param command the program and its arguments; no shell
 * @returns what went wrong, in words; the run is what it is
 */
export async function notify(
  command: readonly string[],
  verdict: RunVerdict,
  directory: string,
): Promise<string | undefined> {
  const [file = '', ...args] = command;
  const result = await execa(file, args, {
    cwd: directory,
    input: `${JSON.stringify(verdict)}\n`,
    timeout: timeoutMs,
    reject: false,
    stdout: 'ignore',
  });
  if (!result.failed) return undefined;
  const last = result.stderr.trim().split('\n').at(-1) ?? '';
  return `notify: ${result.shortMessage?.split('\n')[0] ?? 'it failed'}${last === '' ? '' : `: ${last}`}`;
}
