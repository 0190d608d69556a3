import { spawn } from 'node:child_process';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench, Measurement } from '../bench.js';
import { writePipeline } from '../echo-workspace.js';
import { withFolderInMemory } from '../memory-folder.js';
import { timedPipeline } from '../timed-process.js';

/** The cluster's time goes by so much faster than ours; polls, graces and results come as much more often. */
const scale = 20;
const barShare = 0.01;
const barBytes = 2 * 2 ** 30;
/** Fewer for a quick look: the figures then say how many there were. */
const items = Number(process.env['DARKROOM_BENCH_FARM_ITEMS'] ?? 1_000_000);

interface Simulated {
  readonly ended: number;
  readonly lost: number;
  readonly mostInFlight: number;
  /** Of the cluster's time, from the first submission to the last result. */
  readonly seconds: number;
  readonly ownCpu: number;
  readonly callsCpu: number;
}

/**
 * The whole program with `--executor slurm` against a simulated cluster: 1,000 tasks in flight, items of five seconds,
 * one task in fifty lost with its node, one in a hundred four times as slow, one squeue in twenty without an answer.
 */
export const farming: Bench = {
  name: 'farming',
  measure: async (folder) => (await withFolderInMemory(farm)) ?? farm(folder),
};

async function farm(folder: string): Promise<readonly Measurement[]> {
  const spool = join(folder, 'spool');
  await mkdir(spool, { recursive: true });
  await writeShims(folder, spool);
  await writePipeline(folder, `count: ${items}`);
  const cluster = spawn(
    process.execPath,
    [join(import.meta.dirname, 'simulated-slurm.js'), spool, String(scale)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  cluster.stdout.on('data', (data: Buffer) => (said += data.toString()));
  const ended = new Promise((resolve) => cluster.once('close', resolve));
  const { peakBytes } = await timedPipeline(
    folder,
    ['run', join(folder, 'pipeline.yaml'), '--executor', 'slurm'],
    {
      PATH: `${join(folder, 'shims')}:${process.env['PATH'] ?? ''}`,
      DARKROOM_FARM_POLL: `${5000 / scale}ms`,
      DARKROOM_FARM_GRACE: `${60_000 / scale}ms`,
    },
  ).finally(() => writeFile(join(spool, 'end'), ''));
  await ended;
  const found = JSON.parse(said) as Simulated;
  const [share, withCalls] = [found.ownCpu, found.ownCpu + found.callsCpu].map((cpu) => cpu / found.seconds);
  const percent = (value = NaN): string => `${(100 * value).toFixed(2)} %`;
  const count = items.toLocaleString('en');
  return [
    {
      what: `the controller's share of a core, ${found.mostInFlight} tasks in flight`,
      measured: `${percent(share)}; with its calls of Slurm ${percent(withCalls)}`,
      bar: '< 1 %',
      met: found.mostInFlight >= Math.min(1000, items / 1000) && (share ?? 1) < barShare,
    },
    {
      what: `the most memory of a run that schedules ${count} items`,
      measured: `${(peakBytes / 2 ** 20).toFixed(0)} MiB; ${found.ended} tasks, ${found.lost} of them lost`,
      bar: '< 2 GiB',
      met: peakBytes < barBytes,
    },
  ];
}

/** Slurm's commands, which speak with the simulated cluster by files. */
async function writeShims(folder: string, spool: string): Promise<void> {
  await mkdir(join(folder, 'shims'));
  const scripts = {
    scontrol: 'echo "MaxArraySize = 1001"; echo "MaxJobCount = 10000"',
    sbatch: `{ echo $PPID; printf '%s\\n' "$@"; } >'${spool}'/$$.new; mv '${spool}'/$$.new '${spool}'/$$.job; echo 1`,
    squeue: `read n <'${spool}/asked' 2>/dev/null; n=$((n + 1)); echo $n >'${spool}/asked'
[ $((n % 20)) -ne 0 ] || { echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1; }
exec cat '${spool}/queue'`,
    scancel: 'exit 0',
  };
  for (const [name, script] of Object.entries(scripts)) {
    const path = join(folder, 'shims', name);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
  }
}
