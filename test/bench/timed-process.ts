import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';

interface TimedRun {
  readonly seconds: number;
  readonly stdout: string;
}

/** A program of Node, which can tell what it used. */
export interface TimedNode extends TimedRun {
  /** The most memory that the process held at any time. */
  readonly peakBytes: number;
  /** Of all its threads: what other programs on the machine do not count in. */
  readonly cpuSeconds: number;
}

/** Runs the command line of bench/program.ts to its end. @throws when it fails */
export async function timedPipeline(
  folder: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TimedNode> {
  return timedNode([join(import.meta.dirname, 'program.js'), ...args], folder, env);
}

/** Runs a program of Node to its end. @throws when it fails */
export async function timedNode(
  args: readonly string[],
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TimedNode> {
  const usagePath = join(folder, 'usage.json');
  const teller = pathToFileURL(join(import.meta.dirname, 'tell-usage.js')).href;
  const run = await timedProcess(process.execPath, ['--import', teller, ...args], folder, {
    ...env,
    DARKROOM_BENCH_USAGE: usagePath,
  });
  const usage = JSON.parse(await readFile(usagePath, 'utf8')) as NodeJS.ResourceUsage;
  return {
    ...run,
    peakBytes: usage.maxRSS * 1024,
    cpuSeconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6,
  };
}

/** Runs a program to its end. @throws when it fails */
export async function timedProcess(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TimedRun> {
  const start = performance.now();
  const { stdout } = await execa(file, args, { cwd, env, stdin: 'ignore', maxBuffer: 2 ** 28 });
  return { seconds: (performance.now() - start) / 1000, stdout };
}
