import { access, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clearView } from './clear-view.js';
import { readMarker } from './marker.js';

/** A view of a stage that is no longer in its file. */
export interface StaleView {
  /** `<stage>` or `<stage>/axis=label`. */
  readonly folder: string;
}

/**
 * The views in `out/` that show a stage or an instance which its pipeline file no longer has, or whose file is gone.
 * @param file the name of the pipeline file that is known
 * @param present the folders that the stages of this file have
 */
export async function staleViews(
  viewRoot: string,
  file: string,
  present: ReadonlySet<string>,
): Promise<readonly StaleView[]> {
  const stale: StaleView[] = [];
  const consider = async (folder: string): Promise<boolean> => {
    if (present.has(folder)) return true;
    const marker = await readMarker(join(viewRoot, folder));
    if (!marker) return false;
    const gone = marker.file === file || !(await isThere(join(dirname(viewRoot), marker.file)));
    if (gone) stale.push({ folder });
    return true;
  };
  for (const name of await folders(viewRoot)) {
    if (await consider(name)) continue;
    for (const each of await folders(join(viewRoot, name))) await consider(`${name}/${each}`);
  }
  return stale;
}

/** Takes a view away. @returns the files of somebody else that stay where they are */
export async function retireView(viewRoot: string, { folder }: StaleView): Promise<readonly string[]> {
  const kept = await clearView(join(viewRoot, folder));
  // The folder that held the instances of a stage may be empty now; where it is not, it stays.
  if (folder.includes('/')) await clearIfEmpty(join(viewRoot, dirname(folder)));
  return kept;
}

async function clearIfEmpty(folder: string): Promise<void> {
  if ((await readdir(folder).catch(() => ['gone'])).length === 0) await clearView(folder);
}

/** Folders that may be views: what begins with a dot is being made. */
async function folders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map(({ name }) => name);
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
