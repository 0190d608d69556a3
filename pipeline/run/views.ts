import { basename, join, relative } from 'node:path';
import { digestOfJson } from '../core/digest.js';
import type { PipelineFile } from '../file/parse.js';
import { instanceFolder } from '../file/instance-name.js';
import type { Plan, PlannedStage } from '../plan/plan.js';
import type { Artifact } from '../stage/artifact.js';
import { isViewOf, readMarker } from '../store/view/marker.js';
import { retireView, staleViews } from '../store/view/retire-views.js';
import { showArtifacts } from '../store/view/show-artifacts.js';
import type { World } from './world.js';

/** Shows a stage's result in its folder of `out/`. */
export async function showStage(
  file: PipelineFile,
  { declared, labels }: PlannedStage,
  outputs: Readonly<Record<string, Artifact>>,
  world: World,
): Promise<void> {
  const folder = instanceFolder(declared, labels);
  if (await isViewOf(join(world.viewDirectory, folder), outputs)) return;
  const readers = Object.entries(outputs).map(
    ([name, artifact]) => [name, world.store.open(artifact)] as const,
  );
  const place = { root: world.viewDirectory, folder, file: basename(file.path) };
  await withView(folder, world, () => showArtifacts(place, Object.fromEntries(readers)));
}

/**
 * Takes away what `out/` shows of a stage whose present result is not here: an earlier one might be taken for it.
 */
export async function hideOtherResult(
  { declared, labels }: PlannedStage,
  outputs: Readonly<Record<string, Artifact>>,
  world: World,
): Promise<void> {
  const folder = instanceFolder(declared, labels);
  const path = join(world.viewDirectory, folder);
  if (!(await readMarker(path)) || (await isViewOf(path, outputs))) return;
  await withView(folder, world, () => retireView(world.viewDirectory, { folder }));
}

/**
 * Takes away what `out/` shows of stages and instances that are no longer in the file: somebody might take it for the
 * present. The results stay in the store. What people have put there stays, and is named.
 */
export async function retireStaleViews({ file, folders }: Plan, world: World): Promise<void> {
  for (const view of await staleViews(world.viewDirectory, basename(file.path), folders)) {
    const kept = await withView(view.folder, world, () => retireView(world.viewDirectory, view));
    world.emit({ type: 'view-retired', folder: view.folder, kept });
  }
}

/** One run at a time works on a folder of `out/`. */
async function withView<T>(folder: string, world: World, work: () => Promise<T>): Promise<T> {
  // Where the view stands as seen from the store: the same on every machine that has both in one shared folder.
  const place = relative(world.store.root, world.viewDirectory);
  const lock = `view-${digestOfJson([place, folder])}`;
  await world.locks.acquire(lock, world.signal, () => undefined);
  try {
    return await work();
  } finally {
    await world.locks.release(lock);
  }
}
