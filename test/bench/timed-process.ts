import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

export interface TimedRun {
  readonly seconds: number;
  readonly stdout: string;
  /** The most memory that the process held at any time. */
  readonly peakBytes: number;
}

/** Runs the command line of bench/program.ts to its end. @throws when it fails */
export async function timedPipeline(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TimedRun> {
  const usagePath = join(folder, 'usage.json');
  const program = join(import.meta.dirname, 'program.js');
  const run = await timedProcess(process.execPath, [program, ...args], folder, {
    ...env,
    DARKROOM_BENCH_USAGE: usagePath,
  });
  const usage = JSON.parse(await readFile(usagePath, 'utf8')) as { readonly maxRSS: number };
  return { ...run, peakBytes: usage.maxRSS * 1024 };
}

/** Runs a program to its end. @throws when it fails */
export async function timedProcess(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Omit<TimedRun, 'peakBytes'>> {
  const start = performance.now();
  const { stdout } = await execa(file, args, { cwd, env, stdin: 'ignore', maxBuffer: 2 ** 28 });
  return { seconds: (performance.now() - start) / 1000, stdout };
}
