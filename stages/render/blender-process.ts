import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessResult, StageContext } from '../../pipeline/stage/context.js';
import { blenderFolder } from '../lib/blender/blender-folder.js';
import type { BlenderTool } from '../lib/blender/blender-tool.js';
import { blenderArguments, blenderEnvironment } from '../lib/blender/start-blender.js';
import type { Job, JobFrame, ResultLine } from './job.js';
import { ResultsTail } from './results-tail.js';

const pollMs = 100;
const keptLines = 15;

/** How a Blender process ended. */
export interface ProcessEnd {
  readonly result: ProcessResult;
  /** The last lines it printed, without the noise of its progress. */
  readonly lastLines: readonly string[];
  /** Lines in which Blender or Cycles speak of an error. */
  readonly complaints: readonly string[];
  /** Where the files of the frames are. */
  readonly outputDirectory: string;
}

/**
 * Runs one Blender over frames and hands every line of its results over as soon as it is there.
 * An error of the consumer ends the process after the frame in hand.
 */
export async function runBlender(
  request: { readonly blender: BlenderTool; readonly scene: string; readonly frames: readonly JobFrame[] },
  context: Pick<StageContext<unknown>, 'exec' | 'host'> & { readonly batchDirectory: string },
  consume: (line: ResultLine, outputDirectory: string) => Promise<void>,
): Promise<ProcessEnd> {
  await mkdir(context.batchDirectory, { recursive: true });
  const directory = await mkdtemp(join(context.batchDirectory, 'blender-'));
  const outputDirectory = join(directory, 'frames');
  await mkdir(outputDirectory);
  const job: Job = {
    version: 1,
    scene: request.scene,
    outputDirectory,
    resultsFile: join(directory, 'results.jsonl'),
    frames: [...request.frames],
  };
  const jobFile = join(directory, 'job.json');
  await writeFile(jobFile, JSON.stringify(job));

  const lastLines: string[] = [];
  const complaints: string[] = [];
  let ended = false;
  const running = context
    .exec(
      request.blender.path,
      [...blenderArguments, '-t', '1', '--python', join(blenderFolder(), 'main.py'), '--', jobFile],
      {
        env: blenderEnvironment(context.host.env, directory),
        reject: false,
        onLine: (line) => {
          if (isNoise(line)) return;
          lastLines.push(line);
          if (lastLines.length > keptLines) lastLines.shift();
          if (isComplaint(line) && complaints.length < keptLines) complaints.push(line.trim());
        },
      },
    )
    .finally(() => (ended = true));
  // Watched below; until then a rejection must not count as unhandled.
  running.catch(() => undefined);

  const tail = new ResultsTail(job.resultsFile);
  try {
    for (;;) {
      const last = ended;
      for (const line of await tail.read()) await consume(line, outputDirectory);
      if (last) break;
      await Promise.race([sleep(pollMs), running.catch(() => undefined)]);
    }
  } catch (error) {
    await writeFile(`${job.resultsFile}.stop`, '');
    await running.catch(() => undefined);
    throw error;
  }
  return { result: await running, lastLines, complaints, outputDirectory };
}

/** Progress lines, and what Blender says on every good day. */
function isNoise(line: string): boolean {
  return (
    line.trim() === '' ||
    /^(Fra:|Saved:|\s*Time:|Blender \d|Blender quit|Read prefs|Info: |Read blend:|Color management)/.test(
      line,
    ) ||
    /^Error: Not freed memory blocks/.test(line)
  );
}

function isComplaint(line: string): boolean {
  return /^(Error|ERROR)\b|\b(CUDA|OptiX|Cycles|HIP) error\b|Failed to (load|create|execute)/.test(line);
}
