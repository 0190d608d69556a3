import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, seconds, type Bench } from './bench.js';
import { snakemakeNothingToDo } from './snakemake.js';
import { timedPipeline } from './timed-process.js';

const count = 10_000;

/** The second run of a pipeline whose 10,000 items are all there, its start-up and its look at every input included. */
export const nothingToDo: Bench = {
  name: 'nothing-to-do',
  measure: async (folder) => {
    await mkdir(join(folder, 'in'));
    for (let i = 0; i < count; i++)
      await writeFile(join(folder, 'in', `${String(i).padStart(5, '0')}.txt`), `input ${i}`);
    const file = join(folder, 'pipeline.yaml');
    await writeFile(
      file,
      `version: 1\nname: bench\nstages:\n  echo: { uses: bench/echo, with: { each: './in/*.txt' } }\n`,
    );
    // Files changed a moment ago are hashed anew, so that no change within one tick of the clock is missed.
    await sleep(2100);
    const first = await timedPipeline(folder, ['run', file]);
    const again: number[] = [];
    for (let i = 0; i < 3; i++) again.push((await timedPipeline(folder, ['run', file])).seconds);
    const ours = median(again);
    const theirs = await snakemakeNothingToDo(folder, count);
    return [
      {
        what: `a run with nothing to do, ${count} items`,
        measured: seconds(ours),
        bar: '< .5 s',
        met: ours < 0.5,
      },
      {
        what: 'the same against snakemake on as many files',
        measured:
          theirs === undefined
            ? 'not installed: apt-get install snakemake'
            : `${(theirs / ours).toFixed(1)} × faster (${seconds(theirs)})`,
        bar: '≥ 10 × faster',
        met: theirs === undefined ? undefined : theirs / ours >= 10,
      },
      {
        what: 'the first run, an item (files written and synced)',
        measured: `${((first.seconds * 1000) / count).toFixed(2)} ms`,
        bar: '–',
        met: undefined,
      },
    ];
  },
};
