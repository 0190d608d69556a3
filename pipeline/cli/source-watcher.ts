import { existsSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { watch, type FSWatcher } from 'chokidar';
import { hasErrorCode } from '../core/error-code.js';
import { UserError } from '../core/user-error.js';

/** Long enough for an editor that saves in several steps, or for a copy of many files, to be through. */
const quietMs = 150;

/** A file, or the files of a folder that match a pattern. */
export interface WatchedPlace {
  /** Absolute; need not be there yet. */
  readonly base: string;
  readonly isFolder: boolean;
  /** How many folders deep a file may lie below the base; Infinity for any. */
  readonly depth: number;
  readonly matches: (path: string) => boolean;
}

/** Notes changes of files, and hands them out when they have come to rest. */
export class SourceWatcher {
  #watcher: FSWatcher | undefined;
  #places: readonly WatchedPlace[] = [];
  #ignored: readonly string[] = [];
  #watched = '';
  #lastChangeMs = 0;
  readonly #changed = new Set<string>();
  #wake: (() => void) | undefined;
  #failure: UserError | undefined;

  constructor(readonly signal: AbortSignal) {
    signal.addEventListener('abort', () => this.#wake?.(), { once: true });
  }

  /**
   * Watches these places from now on, and nothing in the ignored folders.
   * @returns whether what is watched is another set than before: then what was read earlier may be out of date
   */
  async watch(places: readonly WatchedPlace[], ignored: readonly string[]): Promise<boolean> {
    this.#places = places;
    this.#ignored = ignored;
    const watched = JSON.stringify([places.map(({ base, depth }) => [base, depth]), ignored]);
    if (watched === this.#watched) return false;
    this.#watched = watched;
    const earlier = this.#watcher;
    // Folders, not files: a file that an editor replaces is another one by the same name.
    const roots = places.map(({ base, isFolder }) => existing(isFolder ? base : dirname(base)));
    const next = watch([...new Set(roots)], {
      ignoreInitial: true,
      ignored: (path) => !this.#isWanted(path),
    });
    this.#watcher = next;
    next.on('all', (_event, path) => this.#note(path));
    await new Promise<void>((resolve) => {
      next.once('ready', resolve);
      next.on('error', (error) => {
        this.#failure ??= unwatchable(error);
        this.#wake?.();
        resolve();
      });
    });
    await earlier?.close();
    return true;
  }

  /**
   * The paths that have changed since this was last asked, as soon as there are any; none when the watch is ended.
   * @throws UserError when not everything can be watched: a change that nobody sees is worse than an end
   */
  async nextChange(): Promise<readonly string[]> {
    while (!this.signal.aborted) {
      if (this.#failure) throw this.#failure;
      const restMs = this.#lastChangeMs + quietMs - Date.now();
      if (this.#changed.size > 0 && restMs <= 0) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (this.#changed.size > 0) setTimeout(resolve, restMs);
      });
    }
    const paths = [...this.#changed].sort();
    this.#changed.clear();
    return this.signal.aborted ? [] : paths;
  }

  async close(): Promise<void> {
    await this.#watcher?.close();
  }

  #note(path: string): void {
    if (!this.#places.some(({ base, matches }) => path === base || matches(path))) return;
    this.#changed.add(path);
    this.#lastChangeMs = Date.now();
    this.#wake?.();
  }

  #isWanted(path: string): boolean {
    if (this.#ignored.some((folder) => isBelow(path, folder) || path === folder)) return false;
    return this.#places.some(
      ({ base, depth }) =>
        path === base ||
        isBelow(base, path) ||
        (isBelow(path, base) && relative(base, path).split(sep).length <= depth),
    );
  }
}

function unwatchable(cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError(`The source files cannot be watched: ${reason}`, {
    cause,
    hint: hasErrorCode(cause, 'ENOSPC', 'EMFILE')
      ? 'The system watches no more files at once: raise fs.inotify.max_user_watches, or narrow the globs.'
      : 'Mend that and start again.',
  });
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** The nearest folder at or above a path that is there. */
function existing(path: string): string {
  for (let at = path; ; at = dirname(at)) if (existsSync(at) || at === dirname(at)) return at;
}
