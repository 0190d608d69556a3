import { UserError } from '../core/user-error.js';
import type { PipelineFile } from '../file/parse.js';
import { placedError } from '../file/placed-error.js';
import type { CacheMode, ResultCache } from '../store/remotes/result-cache.js';
import type { Store } from '../store/store.js';

/** What the command line says of the cache. */
export interface CacheFlags {
  /** A URL instead of the file's; false for none. */
  readonly cache?: string | boolean;
  readonly cacheMode?: CacheMode;
}

/**
 * The cache that the file or the command line names. Nothing is asked of it yet, and no SDK is loaded; where there is
 * none, nothing is loaded at all, as that is most starts.
 * @returns undefined when none is wanted
 * @throws DiagnosticError for a wrong URL in the file, UserError for one on the command line
 */
export async function openCache(
  file: PipelineFile,
  flags: CacheFlags,
  store: Store,
  options: { readonly signal: AbortSignal; readonly onTrouble: (message: string) => void },
): Promise<ResultCache | undefined> {
  if (flags.cache === false) return undefined;
  const own = typeof flags.cache === 'string' ? flags.cache : undefined;
  const url = own ?? file.cache?.url;
  if (url === undefined) return undefined;
  const { openRemote } = await import('../store/remotes/open-remote.js');
  const { ResultCache } = await import('../store/remotes/result-cache.js');
  const mode = flags.cacheMode ?? file.cache?.mode ?? 'read';
  try {
    return new ResultCache(openRemote(url), store.blobs, store.root, { ...options, mode });
  } catch (error) {
    if (own !== undefined || !(error instanceof UserError)) throw error;
    throw placedError(error, file.source, file.source.locateValue(['cache', 'url']));
  }
}
