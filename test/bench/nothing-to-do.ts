import { median, seconds, type Bench } from './bench.js';
import { echoWorkspace } from './echo-workspace.js';
import { snakemakeNothingToDo } from './snakemake.js';
import { timedPipeline, timedProcess } from './timed-process.js';

const count = 10_000;
const repeats = 5;

/** The second run of a pipeline whose 10,000 items are all there, its start-up and its look at every input included. */
export const nothingToDo: Bench = {
  name: 'nothing-to-do',
  measure: async (folder) => {
    const file = await echoWorkspace(folder, count);
    await timedPipeline(folder, ['run', file]);
    const again: number[] = [];
    const node: number[] = [];
    // In turns, so that a machine that is busy for a while is so for both.
    for (let i = 0; i < repeats; i++) {
      again.push((await timedPipeline(folder, ['run', file])).seconds);
      node.push((await timedProcess(process.execPath, ['-e', '0'], folder)).seconds);
    }
    const ours = median(again);
    const theirs = await snakemakeNothingToDo(folder, count);
    return [
      {
        what: `a run with nothing to do, ${count} items`,
        measured: `${seconds(ours)} (the quickest ${seconds(Math.min(...again))})`,
        bar: '< .5 s',
        met: ours < 0.5,
      },
      {
        what: 'the same, as starts of an empty Node.js',
        measured: `${(ours / median(node)).toFixed(1)} × ${seconds(median(node))}`,
        bar: '–',
        met: undefined,
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
    ];
  },
};
