import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seconds, type Bench } from './bench.js';
import { timedPipeline } from './timed-process.js';

const count = 100_000;
const bytesPerGib = 2 ** 30;

/** What would run, and why, for 100,000 items of which none is there yet. */
export const planning: Bench = {
  name: 'planning',
  measure: async (folder) => {
    const file = join(folder, 'pipeline.yaml');
    await writeFile(
      file,
      `version: 1\nname: bench\nstages:\n  echo: { uses: bench/echo, with: { count: ${count} } }\n`,
    );
    const run = await timedPipeline(folder, ['plan', file]);
    if (!run.stdout.includes(String(count)))
      throw new Error(`The plan does not speak of ${count} items:\n${run.stdout}`);
    return [
      {
        what: `planning ${count} items`,
        measured: seconds(run.seconds),
        bar: '< 5 s',
        met: run.seconds < 5,
      },
      {
        what: 'its peak memory',
        measured: `${(run.peakBytes / bytesPerGib).toFixed(2)} GiB`,
        bar: '< 1 GiB',
        met: run.peakBytes < bytesPerGib,
      },
    ];
  },
};
