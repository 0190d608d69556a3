import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { milliseconds, type Bench, type Measurement } from './bench.js';
import { writePipeline } from './echo-workspace.js';
import { withFolderInMemory } from './memory-folder.js';
import { timedPipeline } from './timed-process.js';

const count = 10_000;
const barMs = 1;

/**
 * What the engine itself takes for an item of a first run: claimed, hashed, taken into the store, recorded and shown.
 * The start of the program is not counted; the small file that the stage writes for each item is.
 */
export const itemCost: Bench = {
  name: 'item-cost',
  measure: async (folder) => {
    const onDisk = await costMs(folder);
    const inMemory = await withFolderInMemory(costMs);
    return [
      row('an item of a first run, durable on this disk', onDisk),
      ...(inMemory === undefined ? [] : [row('the same without a disk to wait for (in memory)', inMemory)]),
    ];
  },
};

async function costMs(folder: string): Promise<number> {
  const [empty, full] = [join(folder, 'empty'), join(folder, 'full')];
  for (const each of [empty, full]) await mkdir(each, { recursive: true });
  const start = await timedPipeline(empty, ['run', await writePipeline(empty, 'count: 1')]);
  const run = await timedPipeline(full, ['run', await writePipeline(full, `count: ${count}`)]);
  return ((run.seconds - start.seconds) * 1000) / count;
}

function row(what: string, ms: number): Measurement {
  return { what, measured: milliseconds(ms), bar: `< ${barMs} ms`, met: ms < barMs };
}
