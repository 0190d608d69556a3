import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { concurrently } from '../../core/concurrently.js';
import { crashPoint } from '../../core/crash-point.js';
import { writing } from '../../core/disk-failure.js';
import { hasErrorCode } from '../../core/error-code.js';
import { processIdentity } from '../../core/process-identity.js';
import type { ArtifactReader } from '../../stage/artifact.js';
import { carryOver } from './clear-view.js';
import { ContentPlacer } from './content-placer.js';
import { isViewOf, markView } from './marker.js';

/** Where a view stands. */
export interface ViewPlace {
  /** `out/`. */
  readonly root: string;
  /** `<stage>`, or of an instance of a stage `<stage>/axis=label`. */
  readonly folder: string;
  /** The name of the pipeline file that the stage is of. */
  readonly file: string;
}

/**
 * Shows a stage's artifacts as plain files, `out/<stage>/…`: one artifact directly, several in a folder each.
 * Made aside and swapped in whole; nothing is done when the folder already shows the same artifacts. What somebody
 * else has put into the folder, or has changed in it, is carried over.
 * @returns true when the folder was changed
 */
export async function showArtifacts(
  place: ViewPlace,
  artifacts: Readonly<Record<string, ArtifactReader>>,
): Promise<boolean> {
  const target = join(place.root, place.folder);
  if (await isViewOf(target, artifacts)) return false;
  // The names say whose they are: what a killed run left is cleared, what another run is making is not.
  const aside = join(dirname(target), `.${basename(target)}.new.${processIdentity}`);
  const old = join(dirname(target), `.${basename(target)}.old.${processIdentity}`);
  try {
    await writing(target, async () => {
      await fill(aside, artifacts);
      await markView(aside, artifacts, place.file);
      await swap(aside, target, old);
      await carryOver(old, target);
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return true;
}

/** Puts a folder in the place of another, which goes to `old`; on failure the other comes back. */
async function swap(aside: string, target: string, old: string): Promise<void> {
  for (;;) {
    crashPoint('view-before-swap');
    await carryOver(old, target);
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
