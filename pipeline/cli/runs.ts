import { formatDuration, formatMoment, formatNumber } from '../report/quantities.js';
import { runRows, type RunRow } from '../report/run-rows.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadIdentity, type FileOptions } from './load-plan.js';
import type { Console, Program } from './program.js';
import { tableLines } from './table.js';

const shownFigures = 3;

/** `pipeline runs [FILE]`: what was run, the latest first. */
export async function runsCommand(
  words: readonly string[],
  options: FileOptions & { readonly json?: boolean },
  program: Program,
  console: Console,
): Promise<number> {
  const { file, storeDirectory } = await loadIdentity(words, program, options);
  const rows = await runRows(new Store(storeDirectory), file.name);
  if (options.json) {
    console.out(JSON.stringify({ runs: rows }, null, 2));
    return exitCodes.success;
  }
  if (rows.length === 0) console.out(`${file.name} was not run yet.`);
  else for (const line of tableLines([headings, ...rows.map(cells)])) console.out(line);
  return exitCodes.success;
}

const headings = ['run', 'started', 'outcome', 'took', 'ran', 'reused', 'figures'];

function cells({ id, startedAt, outcome, tookMs, stages, figures }: RunRow): string[] {
  const shown = Object.entries(figures).slice(0, shownFigures);
  return [
    id,
    formatMoment(startedAt),
    outcome,
    formatDuration(tookMs),
    `${stages.ran} of ${stages.total}`,
    String(stages.reused),
    shown.map(([name, value]) => `${name} ${formatNumber(value)}`).join('  '),
  ];
}
