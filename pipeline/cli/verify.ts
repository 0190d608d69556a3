import { join } from 'node:path';
import { crashPoint } from '../core/crash-point.js';
import { formatBytes, formatCount } from '../report/quantities.js';
import { quarantine, verifyStore, type VerifyReport } from '../store/verify.js';
import { instanceFolder, parseInstanceName } from '../file/instance-name.js';
import { distrustView } from '../store/view/marker.js';
import type { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { openStore, type StoreOptions } from './open-store.js';
import type { Console, Program } from './program.js';

const shownNames = 5;

/** `pipeline verify [FILE]`: reads the whole store again. @returns the exit code: 1 when something is wrong with it */
export async function verifyCommand(
  file: string | undefined,
  options: StoreOptions & { readonly repair?: boolean; readonly json?: boolean },
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const { store, viewDirectory } = await openStore(file, options, program);
  const report = await verifyStore(store, signal);
  const sound = report.corrupt.length === 0 && report.damaged.length === 0;
  const repaired = options.repair === true && !sound;
  const folder = repaired ? await repair(store, report, viewDirectory) : undefined;
  if (options.json === true) console.out(JSON.stringify({ ...report, quarantine: folder ?? null }, null, 2));
  else for (const line of lines(store, report, folder)) console.out(line);
  return sound ? exitCodes.success : exitCodes.failure;
}

/** What a view shows may be the same file as the corrupt content: it is made anew, too. */
async function repair(
  store: Store,
  report: VerifyReport,
  viewDirectory: string | undefined,
): Promise<string> {
  crashPoint('repair-before-views');
  const names = await store.latestNames();
  if (viewDirectory !== undefined)
    for (const { key } of report.damaged)
      for (const { stage: name } of names.get(key) ?? []) {
        const { stage, labels } = parseInstanceName(name) ?? { stage: name, labels: {} };
        await distrustView(join(viewDirectory, instanceFolder(stage, labels)));
      }
  return quarantine(store, report);
}

function* lines(store: Store, report: VerifyReport, quarantineFolder: string | undefined): Iterable<string> {
  for (const { digest, why, namedBy } of report.corrupt) {
    yield `corrupt: ${store.blobs.path(digest)}: ${why}`;
    for (const name of namedBy.slice(0, shownNames)) yield `  is ${name}`;
    if (namedBy.length > shownNames) yield `  and ${namedBy.length - shownNames} more`;
    if (namedBy.length === 0) yield '  no record names it';
  }
  for (const { key, name, why } of report.damaged)
    yield `unusable: the record of ${name} (${key.slice(0, 12)}): ${why}`;
  yield `${formatCount(report.blobs, 'content')} (${formatBytes(report.bytes)}) and ${formatCount(report.records, 'record')} read: ${
    report.corrupt.length + report.damaged.length === 0
      ? 'all sound.'
      : `${report.corrupt.length} corrupt, ${formatCount(report.damaged.length, 'record')} unusable.`
  }`;
  if (quarantineFolder !== undefined)
    yield `Moved to ${quarantineFolder}; the next run makes anew what they stood for.`;
  else if (report.corrupt.length + report.damaged.length > 0)
    yield '`pipeline verify --repair` sets them aside, and the next run makes them anew.';
}
