import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';

export interface TimedRun {
  readonly seconds: number;
  /** Of the processor, with all processes that it started and waited for: what a busy machine changes little. */
  readonly processorSeconds: number;
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
  const timesPath = join(cwd, 'times.txt');
  const { stdout } = await execa('sh', ['-c', timing, 'sh', timesPath, file, ...args], {
    cwd,
    env,
    stdin: 'ignore',
    maxBuffer: 2 ** 28,
  });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, processorSeconds: processorSecondsIn(await readFile(timesPath, 'utf8')), stdout };
}

/** Runs a command and writes down what the processor has worked for it. */
const timing = 'path=$1; shift; "$@"; code=$?; times > "$path"; exit $code';

/** @param times what the shell prints of its own time and, on the second line, of that of its children: `1m2.3s 0m4.5s` */
function processorSecondsIn(times: string): number {
  const [, children = ''] = times.split('\n');
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  return parts.reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0);
}
