import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasErrorCode } from '../../core/error-code.js';
import type { HealthCheck } from '../../stage/health-check.js';

const comfortableGib = 5;
const bytesPerGib = 2 ** 30;

/** Whether the store's disk has room for a run's frames. */
export const diskSpaceCheck: HealthCheck = {
  name: 'disk',
  run: async ({ storeDirectory }) => {
    const { bavail, bsize, path } = await statNearest(storeDirectory);
    const freeBytes = bavail * bsize;
    const found = `${(freeBytes / bytesPerGib).toFixed(1)} GiB free for ${storeDirectory}`;
    const detail = { freeBytes, path };
    if (freeBytes >= comfortableGib * bytesPerGib) return { state: 'ok', found, detail };
    return {
      state: 'warning',
      found,
      remedy: `Make room (${comfortableGib} GiB at least), or put the store elsewhere: pipeline run --store DIR`,
      detail,
    };
  },
};

/** The file system of the folder, or of the nearest one above it that is there. */
async function statNearest(path: string): Promise<{ bavail: number; bsize: number; path: string }> {
  try {
    const { bavail, bsize } = await statfs(path);
    return { bavail, bsize, path };
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT') || dirname(path) === path) throw error;
    return statNearest(dirname(path));
  }
}
