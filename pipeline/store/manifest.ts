import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { digestOfBytes, isDigest, type Digest } from '../core/digest.js';
import { hasErrorCode } from '../core/error-code.js';
import { UserError } from '../core/user-error.js';
import type { Artifact, ArtifactFile, ArtifactReader, ArtifactType } from '../stage/artifact.js';
import type { Blobs } from './blobs.js';

const manifestLine = z.object({
  path: z.string(),
  digest: z.custom<Digest>(isDigest),
  sizeBytes: z.number(),
});

/**
 * Files as an artifact: sorted by path, one JSON line each, stored as a content whose digest is the artifact's.
 * @throws UserError when two files have the same path
 */
export async function storeArtifact(
  blobs: Blobs,
  type: ArtifactType,
  files: readonly ArtifactFile[],
): Promise<Artifact> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const lines: string[] = [];
  let sizeBytes = 0;
  for (const [index, file] of sorted.entries()) {
    if (sorted[index - 1]?.path === file.path)
      throw new UserError(`Two files of one ${type} artifact are called ${file.path}.`);
    lines.push(`${JSON.stringify({ path: file.path, digest: file.digest, sizeBytes: file.sizeBytes })}\n`);
    sizeBytes += file.sizeBytes;
  }
  const manifest = await blobs.put(lines.join(''));
  return { type, digest: manifest.digest, fileCount: sorted.length, sizeBytes };
}

/**
 * Opens an artifact for reading; its manifest is read when somebody first asks for a file.
 * @param bring gets a content that is not in the store, where it can; `locate` names its place, there or not
 */
export function openArtifact(
  blobs: Blobs,
  artifact: Artifact,
  bring: (content: { readonly digest: Digest; readonly sizeBytes?: number }) => Promise<void> = () =>
    Promise.resolve(),
): ArtifactReader {
  let byPath: Promise<Map<string, ArtifactFile>> | undefined;

  async function load(): Promise<Map<string, ArtifactFile>> {
    const entries = new Map<string, ArtifactFile>();
    if ((await blobs.sizeBytes(artifact.digest)) === undefined) await bring({ digest: artifact.digest });
    const bytes = await readFile(blobs.path(artifact.digest)).catch((error: unknown) => {
      if (hasErrorCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (bytes === undefined || digestOfBytes(bytes) !== artifact.digest)
      throw new UserError(
        `The list of files of a ${artifact.type} artifact is damaged or gone: ${blobs.path(artifact.digest)}`,
        {
          hint: '`pipeline verify --repair` sets it aside; then run again.',
        },
      );
    const text = bytes.toString('utf8');
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const file = manifestLine.parse(JSON.parse(line));
      entries.set(file.path, file);
    }
    return entries;
  }
  const entries = (): Promise<Map<string, ArtifactFile>> => (byPath ??= load());

  async function file(path: string): Promise<ArtifactFile> {
    const found = (await entries()).get(path);
    if (!found)
      throw new UserError(
        `A ${artifact.type} artifact (${artifact.digest.slice(0, 12)}) has no file ${path}.`,
      );
    return found;
  }

  async function placeOf(path: string): Promise<string> {
    const found = await file(path);
    if (!(await blobs.has(found))) await bring(found);
    return blobs.path(found.digest);
  }

  return {
    ...artifact,
    async *files() {
      yield* (await entries()).values();
    },
    file,
    has: async (path) => (await entries()).has(path),
    locate: (content) => blobs.path(content.digest),
    readText: async (path) => readFile(await placeOf(path), 'utf8'),
    readBytes: async (path) => readFile(await placeOf(path)),
    async *readLines(path) {
      const input = createReadStream(await placeOf(path));
      for await (const line of createInterface({ input, crlfDelay: Infinity })) if (line !== '') yield line;
    },
  };
}
