import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fastGlob from 'fast-glob';
import { digestOfFile, digestOfJson, type Digest } from '../core/digest.js';
import { UserError } from '../core/user-error.js';
import type { ArtifactFile, ArtifactReader, ArtifactType } from '../stage/artifact.js';

/**
 * A folder outside the store, read as an artifact: every file in it is hashed now.
 * @throws UserError when a content is asked for that no file of the folder has
 */
export async function readFolder(folder: string, type: ArtifactType): Promise<ArtifactReader> {
  const names = (await fastGlob('**/*', { cwd: folder, dot: false })).sort();
  const files = new Map<string, ArtifactFile>();
  const pathOf = new Map<Digest, string>();
  let sizeBytes = 0;
  for (const path of names) {
    const digest = await digestOfFile(join(folder, path));
    const { size } = await stat(join(folder, path));
    files.set(path, { path, digest, sizeBytes: size });
    pathOf.set(digest, join(folder, path));
    sizeBytes += size;
  }
  const file = async (path: string): Promise<ArtifactFile> => {
    const found = files.get(path);
    if (!found) throw new UserError(`${folder} has no file ${path}.`);
    return Promise.resolve(found);
  };
  return {
    type,
    digest: digestOfJson([...files.values()].map(({ path, digest }) => [path, digest])),
    fileCount: files.size,
    sizeBytes,
    async *files() {
      yield* await Promise.resolve(files.values());
    },
    file,
    has: (path) => Promise.resolve(files.has(path)),
    locate: ({ digest }) => {
      const path = pathOf.get(digest);
      if (path === undefined)
        throw new UserError(`${folder} has no file with the content ${digest.slice(0, 12)}.`, {
          hint: 'Its files were changed or are incomplete: make the folder anew.',
        });
      return path;
    },
    readText: async (path) => readFile(join(folder, (await file(path)).path), 'utf8'),
    readBytes: async (path) => readFile(join(folder, (await file(path)).path)),
    async *readLines(path) {
      const input = createReadStream(join(folder, (await file(path)).path));
      for await (const line of createInterface({ input, crlfDelay: Infinity })) if (line !== '') yield line;
    },
  };
}
