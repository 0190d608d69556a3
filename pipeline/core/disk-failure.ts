import { hasErrorCode } from './error-code.js';
import { UserError } from './user-error.js';

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'there is no space left on the disk',
  EDQUOT: 'the quota of the disk is used up',
  EIO: 'the disk failed',
  EROFS: 'the disk is read-only',
};

/** The disk is full or broken: whatever comes next would fail, too. */
export class DiskError extends UserError {}

/** Does something that writes to a path; where the disk fails, the error says which path and what to do. */
export async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw diskFailure(error, path);
  }
}

/** The error as a person needs it when the disk is the reason; otherwise the error itself. @param path what was written */
export function diskFailure(error: unknown, path: string): unknown {
  if (!hasErrorCode(error, ...Object.keys(reasons))) return error;
  const { code } = error as Error & { readonly code: string };
  return new DiskError(`${path} cannot be written: ${reasons[code] ?? code} (${code}).`, {
    cause: error,
    hint:
      code === 'ENOSPC' || code === 'EDQUOT'
        ? 'Make room (`pipeline gc` removes what no recent run needs), or put the store elsewhere (--store), and run again: what is finished is kept.'
        : 'Look after the disk, then run again: what is finished is kept, and `pipeline verify` checks it.',
  });
}
