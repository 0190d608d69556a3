import { formatBytes, formatCount } from '../report/quantities.js';
import { collectGarbage, type GarbageReport } from '../store/collect-garbage.js';
import { exitCodes } from './exit-codes.js';
import { openStore, type StoreOptions } from './open-store.js';
import type { Console, Program } from './program.js';

export interface GcOptions extends StoreOptions {
  readonly keepRuns: number;
  readonly maxSize?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `pipeline gc [FILE]`: removes what neither the last runs nor pins need, and says how much. @returns the exit code */
export async function gcCommand(
  file: string | undefined,
  options: GcOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { store } = await openStore(file, options, program);
  const dryRun = options.dryRun === true;
  const report = await collectGarbage(store, {
    keepRuns: options.keepRuns,
    dryRun,
    signal,
    onWait: (doubtful) => {
      const who = doubtful.map(({ runId, host }) => `${runId} (${host})`).join(', ');
      console.error(`Waiting up to a minute for a sign of life of ${who}.`);
    },
    ...(options.maxSize === undefined ? {} : { maxSizeBytes: options.maxSize }),
  });
  if (options.json === true) console.out(JSON.stringify({ dryRun, ...report }, null, 2));
  else for (const line of lines(report, dryRun, options.maxSize)) console.out(line);
  return exitCodes.success;
}

function* lines(report: GarbageReport, dryRun: boolean, maxSizeBytes: number | undefined): Iterable<string> {
  const removed = [
    [report.runs.length, 'run'],
    [report.records.length, 'record'],
    [report.blobs.length, 'content'],
    [report.workFolders.length, 'work folder'],
    [report.leftovers.length, 'leftover file'],
  ] as const;
  const said = removed.flatMap(([count, noun]) => (count === 0 ? [] : [formatCount(count, noun)]));
  const verb = dryRun ? 'Would remove' : 'Removed';
  yield said.length === 0
    ? 'Nothing to remove.'
    : `${verb} ${said.join(', ')}: ${formatBytes(report.freedBytes)}.`;
  if (report.busy.length > 0) {
    for (const { runId, host, pid } of report.busy) yield `${runId} is going on (${host}, process ${pid}).`;
    yield 'While a run goes on, records and contents stay: run gc again when it has ended.';
    return;
  }
  yield `Kept ${formatCount(report.keptRuns, 'run')} and the pins: ${formatBytes(report.keptBytes)}.`;
  if (maxSizeBytes !== undefined && report.keptBytes > maxSizeBytes)
    yield `The newest run and the pins alone need more than ${formatBytes(maxSizeBytes)}.`;
}
