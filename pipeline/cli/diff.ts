import type { PastRun } from '../report/past-run.js';
import { differenceRows } from '../report/difference-rows.js';
import { isSame, runDifferences } from '../report/run-differences.js';
import { RunRecords } from '../report/run-records.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadIdentity, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';
import { findRun } from './find-run.js';
import { tableLines } from './table.js';

/** `pipeline diff [FILE] RUN RUN`: the parameters, inputs, source files and metrics in which two runs differ. */
export async function diffCommand(
  words: readonly string[],
  runs: readonly [before: string, after: string],
  options: FileOptions & { readonly json?: boolean },
  program: Program,
  console: Console,
): Promise<number> {
  const { file, storeDirectory } = await loadIdentity(words, program, options);
  const store = new Store(storeDirectory);
  const before = await findRun(runs[0], store, file.name);
  const after = await findRun(runs[1], store, file.name);
  const stages = await runDifferences(before, after, new RunRecords(store));
  if (options.json) {
    const identity = ({ runId, outcome }: PastRun): object => ({ run: runId, outcome });
    console.out(JSON.stringify({ before: identity(before), after: identity(after), stages }, null, 2));
    return exitCodes.success;
  }
  console.out(`${before.runId} (${before.outcome}) → ${after.runId} (${after.outcome})`);
  const differing = stages.filter((stage) => !isSame(stage));
  for (const line of tableLines(differing.flatMap(differenceRows))) console.out(line);
  const alike = stages.filter(isSame).map(({ stage }) => stage);
  if (differing.length === 0) console.out('They have the same results.');
  else if (alike.length > 0) console.out(`The same in both: ${alike.join(', ')}.`);
  return exitCodes.success;
}
