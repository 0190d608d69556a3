import { readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOfJson } from '../../core/digest.js';
import { hasErrorCode } from '../../core/error-code.js';
import type { Artifact, ArtifactReader } from '../../stage/artifact.js';
import { ContentPlacer } from './content-placer.js';

export const markerName = '.artifact';
/** A list of the files of an output: its manifest, under a name that says which output. */
const listName = /^\.artifact\.(.+)$/;

/** What a folder of `out/` shows. */
interface Marker {
  /** The digest of its artifacts' digests by output. */
  readonly identity: string;
  /** The pipeline file that it belongs to, by its name: several in one folder share an `out/`. */
  readonly file: string;
}

const marker = z.object({ identity: z.string(), file: z.string() });
const listLine = z.object({ path: z.string() });

/** @returns undefined for a folder that is no view */
export async function readMarker(folder: string): Promise<Marker | undefined> {
  try {
    return marker.safeParse(JSON.parse(await readFile(join(folder, markerName), 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/**
 * Marks a folder as a view, when all of its files are in place. The lists of its files stand in it, too: so it is
 * known later what the engine put there, even when the store has forgotten these artifacts.
 */
export async function markView(
  folder: string,
  artifacts: Readonly<Record<string, ArtifactReader>>,
  file: string,
): Promise<void> {
  const placer = new ContentPlacer();
  for (const [output, artifact] of Object.entries(artifacts))
    await placer.place(artifact.locate(artifact), join(folder, `${markerName}.${output}`));
  const identity = viewIdentity(artifacts);
  await writeFile(join(folder, markerName), `${JSON.stringify({ identity, file } satisfies Marker)}\n`);
}

/** True when a folder shows these artifacts already. */
export async function isViewOf(
  folder: string,
  artifacts: Readonly<Record<string, Artifact>>,
): Promise<boolean> {
  return (await readMarker(folder))?.identity === viewIdentity(artifacts);
}

/** Lets the next run make a view anew: what it shows may be damaged. */
export async function distrustView(folder: string): Promise<void> {
  const path = join(folder, markerName);
  const found = await readMarker(folder);
  if (!found) return;
  const { mtime } = await stat(path);
  await writeFile(path, `${JSON.stringify({ ...found, identity: '' } satisfies Marker)}\n`);
  // Its time says until when the view was being made.
  await utimes(path, mtime, mtime);
}

/** What the engine has put into a view. */
export interface ViewContents {
  /** The paths of the artifacts' files in the folder. */
  readonly files: ReadonlySet<string>;
  /** Marker and lists. */
  readonly own: readonly string[];
  /** A file that is younger was changed by somebody else. */
  readonly madeMs: number;
}

/** @returns undefined for a folder that is no view */
export async function viewContents(folder: string): Promise<ViewContents | undefined> {
  const made = await stat(join(folder, markerName)).catch(() => undefined);
  if (!made) return undefined;
  const lists = (await readdir(folder)).flatMap((name) => {
    const output = listName.exec(name)?.[1];
    return output === undefined ? [] : [{ name, output }];
  });
  const files = new Set<string>();
  for (const { name, output } of lists)
    for (const line of (await readFile(join(folder, name), 'utf8')).split('\n')) {
      const path = pathOf(line);
      if (path !== undefined) files.add(lists.length === 1 ? path : `${output}/${path}`);
    }
  return { files, own: [markerName, ...lists.map(({ name }) => name)], madeMs: made.mtimeMs };
}

/** Takes marker and lists away: what is left is a folder like any other. */
export async function unmark(folder: string, { own }: ViewContents): Promise<void> {
  // The marker last: a kill in between leaves a view.
  for (const name of [...own].reverse())
    await rm(join(folder, name)).catch((error: unknown) => {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    });
}

function pathOf(line: string): string | undefined {
  try {
    return listLine.safeParse(JSON.parse(line)).data?.path;
  } catch {
    return undefined;
  }
}

function viewIdentity(artifacts: Readonly<Record<string, Artifact>>): string {
  return digestOfJson(
    Object.fromEntries(Object.entries(artifacts).map(([name, { digest }]) => [name, digest])),
  );
}
