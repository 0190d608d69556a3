import { access, mkdir, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { concurrently } from '../core/concurrently.js';
import { crashPoint } from '../core/crash-point.js';
import { digestOfJson } from '../core/digest.js';
import { writing } from '../core/disk-failure.js';
import { hasErrorCode } from '../core/error-code.js';
import { identityPattern, processIdentity, processIsGone } from '../core/process-identity.js';
import type { Artifact, ArtifactReader } from '../stage/artifact.js';
import { ContentPlacer } from './content-placer.js';

const markerName = '.artifact';
const leftover = new RegExp(`^\\..+\\.(?:new|old)\\.(${identityPattern})$`);
const patienceMs = 24 * 3600 * 1000;

/**
 * Shows a stage's artifacts as plain files, `out/<stage>/…`: one artifact directly, several in a folder each.
 * An instance of a stage has a folder in the stage's: `out/<stage>/axis=label/…`.
 * Made aside and swapped in whole; nothing is done when the folder already shows the same artifacts.
 * @returns true when the folder was changed
 */
export async function showArtifacts(
  viewRoot: string,
  stage: string,
  artifacts: Readonly<Record<string, ArtifactReader>>,
): Promise<boolean> {
  if (await showsArtifacts(viewRoot, stage, artifacts)) return false;
  const target = join(viewRoot, stage);
  const identity = viewIdentity(artifacts);
  // The names say whose they are: what a killed run left is removed, what another run is making is not.
  const aside = join(dirname(target), `.${basename(target)}.new.${processIdentity}`);
  const old = join(dirname(target), `.${basename(target)}.old.${processIdentity}`);
  if (dirname(target) !== viewRoot) await clearPlainView(dirname(target));
  try {
    await writing(target, async () => {
      await fill(aside, artifacts);
      await writeFile(join(aside, markerName), `${identity}\n`);
      await swap(aside, target, old);
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
    await rm(old, { recursive: true, force: true });
  }
  return true;
}

/** Puts a folder in the place of another, which goes to `old`; on failure the other comes back. */
async function swap(aside: string, target: string, old: string): Promise<void> {
  for (;;) {
    crashPoint('view-before-swap');
    await rm(old, { recursive: true, force: true });
    await rename(target, old).catch((error: unknown) => {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    });
    try {
      crashPoint('view-between-renames');
      await rename(aside, target);
      crashPoint('view-after-swap');
      return;
    } catch (error) {
      // Another run has just put its own there: that goes, too.
      if (hasErrorCode(error, 'ENOTEMPTY', 'EEXIST')) continue;
      await rename(old, target).catch(() => undefined);
      throw error;
    }
  }
}

/** Removes what runs that were killed left of views that they were making. */
export async function removeViewLeftovers(viewRoot: string): Promise<void> {
  for (const name of await readdir(viewRoot).catch(() => [])) {
    if (await removeLeftover(viewRoot, name)) continue;
    const folder = join(viewRoot, name);
    if (await isThere(join(folder, markerName))) continue;
    // Without a marker it holds the instances of a stage.
    for (const each of await readdir(folder).catch(() => [])) await removeLeftover(folder, each);
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** @returns whether it is one, of a process that lives or of one that has ended */
async function removeLeftover(folder: string, name: string): Promise<boolean> {
  const identity = leftover.exec(name)?.[1];
  if (identity === undefined) return false;
  const path = join(folder, name);
  const found = await stat(path).catch(() => undefined);
  if (found && processIsGone(identity, Date.now() - found.mtimeMs, patienceMs))
    await rm(path, { recursive: true, force: true });
  return true;
}

/** Lets the next run make a stage's view anew: what it shows may be damaged. */
export async function distrustView(viewRoot: string, stage: string): Promise<void> {
  await rm(join(viewRoot, stage, markerName), { force: true });
}

async function fill(folder: string, artifacts: Readonly<Record<string, ArtifactReader>>): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const outputs = Object.entries(artifacts);
  const placer = new ContentPlacer();
  for (const [output, artifact] of outputs) {
    const place = outputs.length === 1 ? folder : join(folder, output);
    await mkdir(place, { recursive: true });
    await concurrently(artifact.files(), 16, (file) =>
      placer.place(artifact.locate(file), join(place, file.path)),
    );
  }
}

/**
 * A stage that has axes now may have been shown as one folder before: its files would lie among the instances. Of
 * several instances that come at once, the one that takes the marker away clears what it had seen there.
 */
async function clearPlainView(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => []);
  if (!names.includes(markerName)) return;
  try {
    await unlink(join(folder, markerName));
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
}

/** True when `out/<stage>/` shows these artifacts already. */
export async function showsArtifacts(
  viewRoot: string,
  stage: string,
  artifacts: Readonly<Record<string, Artifact>>,
): Promise<boolean> {
  const shown = await readFile(join(viewRoot, stage, markerName), 'utf8').catch(() => '');
  return shown.trim() === viewIdentity(artifacts);
}

function viewIdentity(artifacts: Readonly<Record<string, Artifact>>): string {
  return digestOfJson(
    Object.fromEntries(Object.entries(artifacts).map(([name, { digest }]) => [name, digest])),
  );
}
