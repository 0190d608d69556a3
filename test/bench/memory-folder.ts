import { mkdtemp, rm } from 'node:fs/promises';

/** Does something in a folder that lies in memory, where syncs cost nothing. @returns undefined where there is none */
export async function withFolderInMemory<T>(work: (folder: string) => Promise<T>): Promise<T | undefined> {
  const folder = await mkdtemp('/dev/shm/darkroom-bench-').catch(() => undefined);
  if (folder === undefined) return undefined;
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
