import { closeSync, fsync, openSync } from 'node:fs';
import { promisify } from 'node:util';
import { hasErrorCode } from './error-code.js';

const syncDescriptor = promisify(fsync);

/** The sync of a folder that is under way, and the one that follows it for those who came in the meantime. */
interface Syncs {
  readonly running: Promise<void>;
  next?: Promise<void>;
}

const syncs = new Map<string, Syncs>();

/**
 * Makes a rename or a new name in this folder survive a power cut, where the system lets folders be synced.
 * Those who ask while a sync is under way share the next one: it begins after all their renames.
 */
export function syncFolder(folder: string): Promise<void> {
  const current = syncs.get(folder);
  if (!current) return start(folder);
  const after = (): Promise<void> => start(folder);
  return (current.next ??= current.running.then(after, after));
}

function start(folder: string): Promise<void> {
  const running = sync(folder).finally(() => {
    const current = syncs.get(folder);
    if (current?.running === running && current.next === undefined) syncs.delete(folder);
  });
  syncs.set(folder, { running });
  return running;
}

async function sync(folder: string): Promise<void> {
  const descriptor = openFolder(folder);
  if (descriptor === undefined) return;
  try {
    await syncDescriptor(descriptor);
  } catch (error) {
    if (!hasErrorCode(error, 'EINVAL', 'ENOTSUP', 'EPERM')) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** In line: the way through the thread pool would take longer than it does. */
function openFolder(folder: string): number | undefined {
  try {
    return openSync(folder, 'r');
  } catch {
    return undefined;
  }
}
