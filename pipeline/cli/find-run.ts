import { nearestName } from '../core/nearest-name.js';
import { UserError } from '../core/user-error.js';
import { matchingRuns, type PastRun } from '../report/past-run.js';
import { runHistory } from '../report/run-history.js';
import type { Store } from '../store/store.js';

/** The run that a word names. @throws UserError when it names none, or several */
export async function findRun(word: string, store: Store, pipeline: string): Promise<PastRun> {
  const runs: PastRun[] = [];
  for await (const run of runHistory(store, pipeline)) runs.push(run);
  const ids = runs.map(({ runId }) => runId);
  const [id, ...others] = matchingRuns(word, ids);
  const found = runs.find(({ runId }) => runId === id);
  if (found && others.length === 0) return found;
  if (id !== undefined)
    throw new UserError(`Several runs begin with ${word}.`, {
      details: [id, ...others].map((each) => `  ${each}`),
    });
  const near = nearestName(word, ids);
  throw new UserError(`There is no run ${word} of ${pipeline}.`, { hint: hint(near, ids) });
}

function hint(near: string | undefined, ids: readonly string[]): string {
  if (near !== undefined) return `Did you mean ${near}?`;
  if (ids.length === 0) return 'Nothing was run yet: `pipeline run` does.';
  return `It takes an id, the beginning of one, last, or last~1 for the one before; the last is ${ids[0] ?? ''}.`;
}
