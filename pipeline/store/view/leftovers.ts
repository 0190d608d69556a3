import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { identityPattern, processIsGone } from '../../core/process-identity.js';
import { carryOver } from './clear-view.js';
import { readMarker } from './marker.js';

const leftover = new RegExp(`^\\.(.+)\\.(new|old)\\.(${identityPattern})$`);
const patienceMs = 24 * 3600 * 1000;

/**
 * Clears up what runs that were killed left of views that they were making, `.<folder>.new.<process>`, and of those in
 * whose place they put them, `.<folder>.old.<process>`: what somebody else had put into these goes back to its place.
 */
export async function removeViewLeftovers(viewRoot: string): Promise<void> {
  for (const name of await readdir(viewRoot).catch((): string[] => [])) {
    if (await removeLeftover(viewRoot, name)) continue;
    const folder = join(viewRoot, name);
    if (await readMarker(folder)) continue;
    // Without a marker it holds the instances of a stage.
    for (const each of await readdir(folder).catch(() => [])) await removeLeftover(folder, each);
  }
}

/** @returns whether it is one, of a process that lives or of one that has ended */
async function removeLeftover(folder: string, name: string): Promise<boolean> {
  const [, view = '', kind, identity] = leftover.exec(name) ?? [];
  if (identity === undefined) return false;
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  if (!found || !processIsGone(identity, Date.now() - found.mtimeMs, patienceMs)) return true;
  if (kind === 'new') await rm(path, { recursive: true, force: true });
  else await carryOver(path, join(folder, view));
  return true;
}
