import { Store } from '../store/store.js';
import { runVerdict } from './conclude-run.js';
import { exitCodes } from './exit-codes.js';
import { findRun } from './find-run.js';
import { loadIdentity, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';

/** `pipeline report [FILE] [RUN]`: writes a run's page anew, of the last one where none is named, and says where it is. */
export async function reportCommand(
  words: readonly string[],
  options: FileOptions & { readonly json?: boolean },
  program: Program,
  console: Console,
): Promise<number> {
  const {
    file,
    stages: [run = 'last'],
    storeDirectory,
  } = await loadIdentity(words, program, options);
  const store = new Store(storeDirectory);
  const verdict = await runVerdict(await findRun(run, store, file.name), store);
  if (options.json) console.out(JSON.stringify(verdict, null, 2));
  else
    for (const line of [...verdict.sentences, ...verdict.regressions, `report: ${verdict.report}`])
      console.out(line);
  return exitCodes.success;
}
