import { constants } from 'node:fs';
import { chmod, copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { concurrently } from '../core/concurrently.js';
import { digestOfJson } from '../core/digest.js';
import { hasErrorCode } from '../core/error-code.js';
import type { Artifact, ArtifactReader } from '../stage/artifact.js';

const markerName = '.artifact';

/**
 * Shows a stage's artifacts as plain files, `out/<stage>/…`: one artifact directly, several in a folder each.
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
  const aside = join(viewRoot, `.${stage}.new`);
  const old = join(viewRoot, `.${stage}.old`);
  await rm(aside, { recursive: true, force: true });
  await mkdir(aside, { recursive: true });
  const outputs = Object.entries(artifacts);
  for (const [output, artifact] of outputs) {
    const folder = outputs.length === 1 ? aside : join(aside, output);
    await mkdir(folder, { recursive: true });
    await concurrently(artifact.files(), 16, (file) =>
      placeContent(artifact.locate(file), join(folder, file.path)),
    );
  }
  await writeFile(join(aside, markerName), `${identity}\n`);
  await rm(old, { recursive: true, force: true });
  await rename(target, old).catch((error: unknown) => {
    if (!hasErrorCode(error, 'ENOENT')) throw error;
  });
  await rename(aside, target);
  await rm(old, { recursive: true, force: true });
  return true;
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

/** A file with a store's content: a reflink where the file system has them, else a hard link, else a copy. */
export async function placeContent(content: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await copyFile(content, path, constants.COPYFILE_FICLONE_FORCE);
    await chmod(path, 0o644);
  } catch {
    await rm(path, { force: true });
    await link(content, path).catch(async (error: unknown) => {
      if (!hasErrorCode(error, 'EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP')) throw error;
      await copyFile(content, path);
      await chmod(path, 0o644);
    });
  }
}
