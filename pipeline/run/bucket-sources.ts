import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fastGlob from 'fast-glob';
import picomatch from 'picomatch';
import { z } from 'zod';
import { asideName, writeAtomically } from '../core/atomic-file.js';
import { concurrently } from '../core/concurrently.js';
import { UserError } from '../core/user-error.js';
import { openRemote } from '../store/remotes/open-remote.js';
import { PatientRemote } from '../store/remotes/patient-remote.js';
import { usualPatience } from '../store/remotes/patience.js';
import { RemoteFailure, type RemoteObject } from '../store/remotes/remote.js';
import { canMirror, mirrorPath } from '../store/remotes/source-mirror.js';

/** What identifies the state of an object that the store has a copy of; by its URL. */
const states = z.record(
  z.string(),
  z.object({ etag: z.string(), version: z.string().exactOptional(), sizeBytes: z.number() }),
);
type States = z.infer<typeof states>;

/** An object in a bucket that a pattern names. */
export interface BucketObject extends RemoteObject {
  readonly url: string;
  /** Relative to the pattern's base folder. */
  readonly nameBelowBase: string;
}

/**
 * The objects that a URL with a pattern in it names, `s3://bucket/images/*.jpg`, or the one that it names as it is.
 * Names that end in a slash, which consoles make for folders, are none.
 * @throws UserError when the bucket cannot be listed, or a name in it cannot be that of a file
 */
export async function listBucket(pattern: string, signal: AbortSignal): Promise<readonly BucketObject[]> {
  const { bucket, name } = apart(pattern);
  const isPattern = fastGlob.isDynamicPattern(name);
  const base = isPattern ? baseOf(name) : name;
  const matches = isPattern ? picomatch(name) : (other: string): boolean => other === name;
  const folder = isPattern ? base : name.slice(0, name.lastIndexOf('/') + 1);
  const objects = await asking(pattern, () => remoteAt(bucket, signal).list(base));
  const named = objects.filter((object) => matches(object.name) && !object.name.endsWith('/'));
  const strange = named.find((object) => !canMirror(object.name));
  if (strange)
    throw new UserError(
      `${bucket}/${strange.name} cannot be kept as a file: its name has empty parts, . or .. in it.`,
      {
        hint: 'Name the objects by a pattern that leaves it out, or copy it under another name.',
      },
    );
  return named.map((object) => ({
    ...object,
    url: `${bucket}/${object.name}`,
    nameBelowBase: object.name.slice(folder.length),
  }));
}

/**
 * Brings copies of objects into the store, of those that it has no copy of in the state that the bucket tells by etag
 * and version. What is broken off is taken up where it ended.
 * @returns the paths of the copies, in the order of the objects
 * @throws UserError when an object cannot be fetched
 */
export async function fetchObjects(
  objects: readonly BucketObject[],
  storeRoot: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const path = join(storeRoot, 'bucket-sources.json');
  const known = await readStates(path);
  const fetched: States = {};
  try {
    await concurrently(objects, usualPatience.concurrency, async (object) => {
      const { url, etag, version, sizeBytes } = object;
      const copy = mirrorPath(url, storeRoot);
      const before = known[url];
      const isSame = before?.etag === etag && before.version === version;
      if (isSame && (await sizeOf(copy)) === sizeBytes) return;
      await fetchObject(object, copy, signal);
      fetched[url] = { etag, sizeBytes, ...(version === undefined ? {} : { version }) };
    });
  } finally {
    if (Object.keys(fetched).length > 0) {
      // Another run may have fetched others meanwhile; what is forgotten is fetched again.
      const now = { ...(await readStates(path)), ...fetched };
      await writeAtomically(path, JSON.stringify(now));
    }
  }
  return objects.map(({ url }) => mirrorPath(url, storeRoot));
}

async function fetchObject(
  { url, etag, sizeBytes }: BucketObject,
  copy: string,
  signal: AbortSignal,
): Promise<void> {
  const { bucket, name } = apart(url);
  await mkdir(dirname(copy), { recursive: true });
  const aside = asideName(copy);
  const came = await asking(url, () => remoteAt(bucket, signal).download(name, aside, { sizeBytes, etag }));
  if (!came) throw new UserError(`${url} is no longer there.`, { hint: 'Run again to see what is.' });
  await rename(aside, copy);
}

const remotes = new Map<string, PatientRemote>();

function remoteAt(bucket: string, signal: AbortSignal): PatientRemote {
  let remote = remotes.get(bucket);
  if (remote?.signal !== signal) {
    remote = new PatientRemote(openRemote(bucket), usualPatience, signal);
    remotes.set(bucket, remote);
  }
  return remote;
}

async function asking<T>(url: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof RemoteFailure)) throw error;
    const changed = error.trouble === 'changed';
    throw new UserError(changed ? `${url} changed while it was fetched.` : error.message, {
      hint: changed
        ? 'Run again: what is there now is taken then.'
        : 'Credentials come from the environment: pipeline/README.md names the variables.',
      cause: error,
    });
  }
}

/** The bucket (or account and container) and the name, or the pattern, in it. */
function apart(url: string): { readonly bucket: string; readonly name: string } {
  const [, bucket = '', name = ''] = /^(s3:\/\/[^/]+|azblob:\/\/[^/]+\/[^/]+)\/?(.*)$/.exec(url) ?? [];
  return { bucket, name };
}

function baseOf(pattern: string): string {
  const base = fastGlob.generateTasks(pattern)[0]?.base ?? '.';
  return base === '.' ? '' : `${base}/`;
}

async function readStates(path: string): Promise<States> {
  try {
    return states.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Not there or not whole: all objects are fetched again.
    return {};
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}
