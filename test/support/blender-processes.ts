import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

interface BlenderProcess {
  readonly pid: number;
  readonly finishedFrames: number;
}

/** The Blenders that work on a job below this folder (seen through /proc, so on Linux only). */
async function blendersOf(directory: string): Promise<BlenderProcess[]> {
  const found: BlenderProcess[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const words = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).split('\0');
    const job = words.find((word) => word.startsWith(directory) && word.endsWith('job.json'));
    if (job === undefined) continue;
    const results = await readFile(job.replace(/job\.json$/, 'results.jsonl'), 'utf8').catch(() => '');
    found.push({ pid: Number(name), finishedFrames: results.split('"event": "finished"').length - 1 });
  }
  return found;
}

/** Kills one Blender of this folder with SIGKILL once those that run have finished so many frames together. */
export async function killBlenderAfterFrames(
  directory: string,
  frames: number,
  signal: AbortSignal,
): Promise<boolean> {
  while (!signal.aborted) {
    const running = await blendersOf(directory);
    const finished = running.reduce((sum, { finishedFrames }) => sum + finishedFrames, 0);
    const [victim] = running;
    if (victim && finished >= frames) {
      process.kill(victim.pid, 'SIGKILL');
      return true;
    }
    await sleep(50);
  }
  return false;
}
