import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { seconds, type Bench, type Measurement } from './bench.js';
import { echoWorkspace, inputName, writePipeline } from './echo-workspace.js';
import { withFolderInMemory } from './memory-folder.js';
import { timedPipeline, type TimedNode } from './timed-process.js';

const count = 100_000;
const edited = 20;
const barSeconds = 5;
const bytesPerGib = 2 ** 30;

/** A hundred thousand items: planned when none is there, when all are, and when some have to be made anew. */
export const planning: Bench = {
  name: 'planning',
  measure: async (folder) => {
    const fresh = await timedPipeline(folder, ['plan', await writePipeline(folder, `count: ${count}`)]);
    expectText(fresh, `0 of ${count} items reused`);
    const planned = rows(`planning ${count} items, none there`, fresh);
    // Making them takes less long in memory; looking for them takes as long.
    return [...planned, ...((await withFolderInMemory(reuse)) ?? [])];
  },
};

async function reuse(folder: string): Promise<readonly Measurement[]> {
  const file = await echoWorkspace(folder, count);
  const first = await timedPipeline(folder, ['run', file]);
  const again = await timedPipeline(folder, ['run', file]);
  for (let i = 0; i < edited; i++) await appendFile(join(folder, 'in', inputName(i * 7)), ' edited');
  const plan = await timedPipeline(folder, ['plan', file]);
  expectText(plan, `${count - edited} of ${count} items reused, ${edited} new because`);
  const named = [0, 7, 14].map((index) => `in/${inputName(index)}`).join(', ');
  expectText(plan, `${named} and ${edited - 3} more changed`);
  const why = await timedPipeline(folder, ['why', file, 'echo']);
  expectText(why, inputName(0));
  await rm(join(folder, 'out'), { recursive: true });
  return [
    ...rows(`a run with nothing to do, ${count} items`, again),
    ...rows(`planning ${count} items, ${edited} of their files edited`, plan),
    ...rows('saying why', why),
    {
      what: `the first run of ${count} items, its peak memory`,
      measured: `${gib(first.peakBytes)} (${seconds(first.seconds)} in memory)`,
      bar: '< 1 GiB',
      met: first.peakBytes < bytesPerGib,
    },
  ];
}

function rows(what: string, { seconds: took, peakBytes }: TimedNode): Measurement[] {
  return [
    { what, measured: seconds(took), bar: `< ${barSeconds} s`, met: took < barSeconds },
    { what: '  its peak memory', measured: gib(peakBytes), bar: '< 1 GiB', met: peakBytes < bytesPerGib },
  ];
}

function gib(bytes: number): string {
  return `${(bytes / bytesPerGib).toFixed(2)} GiB`;
}

function expectText({ stdout }: TimedNode, text: string): void {
  if (!stdout.includes(text)) throw new Error(`There is no ${JSON.stringify(text)} in:\n${stdout}`);
}
