import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessResult, StageContext } from '../../pipeline/stage/context.js';
import { blenderFolder } from '../lib/blender/blender-folder.js';
import type { BlenderTool } from '../lib/blender/blender-tool.js';
import { blenderArguments, blenderEnvironment } from '../lib/blender/start-blender.js';
import type { Job, JobFrame, ResultLine } from './job.js';
import { isNoise, lastLinesOf } from './printed-lines.js';
import { ResultsTail } from './results-tail.js';
import { Watchdog, type StopReason } from './watchdog.js';

const pollMs = 100;
const keptLines = 15;

/** What one Blender process is to do, and what it may take. */
export interface ProcessRequest {
  readonly blender: BlenderTool;
  readonly scene: string;
  readonly frames: readonly JobFrame[];
  /** What DISPLAY is set to; undefined: no display. */
  readonly display: string | undefined;
  readonly frameTimeoutMs: number;
  readonly heartbeatTimeoutMs: number;
  readonly residentLimitMb: number;
}

/** How a Blender process ended. */
export interface ProcessEnd {
  readonly result: ProcessResult;
  /** Why it was stopped from here; undefined when it ended by itself. */
  readonly stopped: StopReason | undefined;
  /** The last lines it printed, without the noise of its progress. */
  readonly lastLines: readonly string[];
}

/**
 * Runs one Blender over frames and hands every line of its results over as soon as it is there.
 * An error of the consumer ends the process after the frame in hand.
 */
export async function runBlender(
  request: ProcessRequest,
  context: Pick<StageContext<unknown>, 'exec' | 'host'> & { readonly batchDirectory: string },
  consume: (line: ResultLine, outputDirectory: string) => Promise<void>,
): Promise<ProcessEnd> {
  const job = await jobOf(request, context.batchDirectory);
  const printed: string[] = [];
  const stopping = new AbortController();
  let stopped: StopReason | undefined;
  const watchdog = new Watchdog(request, (reason) => {
    stopped = reason;
    stopping.abort();
  });
  let ended = false;
  const running = context
    .exec(
      request.blender.path,
      [...blenderArguments, '-t', '1', '--python', join(blenderFolder(), 'main.py'), '--', job.file],
      {
        env: blenderEnvironment({ ...context.host.env, DISPLAY: request.display }, job.directory),
        reject: false,
        signal: stopping.signal,
        onLine: (line) => {
          watchdog.signOfLife();
          if (isNoise(line)) return;
          printed.push(line);
          if (printed.length > keptLines) printed.shift();
        },
      },
    )
    .finally(() => (ended = true));
  // Watched below; until then a rejection must not count as unhandled.
  running.catch(() => undefined);

  const tail = new ResultsTail(job.job.resultsFile);
  try {
    for (;;) {
      const last = ended;
      for (const line of await tail.read()) {
        watchdog.signOfLife();
        if (line.event === 'ready' || line.event === 'started') watchdog.nextFrame();
        await consume(line, job.job.outputDirectory);
      }
      if (last) break;
      await Promise.race([sleep(pollMs), running.catch(() => undefined)]);
    }
  } catch (error) {
    await writeFile(`${job.job.resultsFile}.stop`, '');
    await running.catch(() => undefined);
    throw error;
  } finally {
    watchdog.end();
  }
  const result = await running;
  const inFile = await lastLinesOf(job.job.outputFile, keptLines);
  return { result, stopped, lastLines: inFile.length > 0 ? inFile : printed };
}

async function jobOf(
  request: ProcessRequest,
  batchDirectory: string,
): Promise<{ readonly job: Job; readonly file: string; readonly directory: string }> {
  await mkdir(batchDirectory, { recursive: true });
  const directory = await mkdtemp(join(batchDirectory, 'blender-'));
  const outputDirectory = join(directory, 'frames');
  await mkdir(outputDirectory);
  const job: Job = {
    version: 1,
    scene: request.scene,
    outputDirectory,
    resultsFile: join(directory, 'results.jsonl'),
    outputFile: join(directory, 'output.log'),
    viewerNodes: request.blender.viewerNodes,
    residentLimitMb: request.residentLimitMb,
    frames: [...request.frames],
  };
  const file = join(directory, 'job.json');
  await writeFile(file, JSON.stringify(job));
  return { job, file, directory };
}
