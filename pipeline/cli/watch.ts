import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { DiagnosticError } from '../core/diagnostic.js';
import { UserError } from '../core/user-error.js';
import { isKindPath } from '../file/load-kind.js';
import { modulePattern } from '../file/load-module.js';
import { moduleTexts } from '../file/modules-of.js';
import type { PipelineFile } from '../file/parse.js';
import { examineStages } from '../run/examine.js';
import { localHost } from '../run/host.js';
import { missingSources, sourcePatterns } from '../run/sources.js';
import { Store } from '../store/store.js';
import { exitCodes } from './exit-codes.js';
import { loadFile, loadPlan, pipelineFilePath } from './load-plan.js';
import type { Console, Program } from './program.js';
import { runCommand, type RunOptions } from './run.js';
import { SourceWatcher, type WatchedPlace } from './source-watcher.js';

const shownPaths = 3;

type Loaded = Awaited<ReturnType<typeof loadPlan>>;

interface Readers {
  readonly load: () => Promise<Loaded>;
  /** What of the file can be read when it has mistakes: undefined when nothing can. */
  readonly readFile: () => Promise<PipelineFile | undefined>;
}

/**
 * `pipeline watch [FILE] [STAGE…]`: runs what is not there, and again whenever the pipeline file or a source file
 * that it names has changed, until it is ended. What changes while a run goes on ends nothing: the run after it
 * takes it up. Mistakes in the file are shown, and watched until they are mended.
 */
export async function watchCommand(
  words: readonly string[],
  options: RunOptions,
  program: Program,
  console: Console,
  signal: AbortSignal,
): Promise<number> {
  const watcher = new SourceWatcher(signal);
  const load = (): Promise<Loaded> => loadPlan(words, program, options);
  const readFile = (): Promise<PipelineFile | undefined> =>
    loadFile(words, program, options).then(
      ({ file }) => file,
      () => undefined,
    );
  const path = pipelineFilePath(words);
  // A file that is not there at all is a slip of the command line, not something to wait for.
  if (!existsSync(path)) await load();
  try {
    let loaded: Loaded | undefined;
    const sources = new Set<string>();
    while (!signal.aborted) {
      const known = sources.size;
      try {
        const found = await loadWatched({ load, readFile }, loaded, path, watcher, sources);
        loaded = found.loaded ?? loaded;
        if (found.mistake) throw found.mistake;
        if (loaded && (await hasWork(loaded, signal, sources)))
          await runCommand(words, options, program, console, signal);
        else console.out('Nothing to do.');
      } catch (error) {
        if (!signal.aborted) show(error, console);
      }
      if (signal.aborted) break;
      // Files that only the stages themselves could name: once more, with them watched.
      if (sources.size > known) continue;
      console.out('Watching for changes; Ctrl-C ends.');
      const changed = await watcher.nextChange();
      if (changed.length > 0) console.out(`Changed: ${inWords(changed)}`);
    }
    return exitCodes.interrupted;
  } finally {
    await watcher.close();
  }
}

/**
 * Plans, and watches what the plan names; as long as that changes what is watched, once more, for a change before
 * the watch began would be seen by nobody. With a mistake in the file what was watched before goes on being watched.
 */
async function loadWatched(
  { load, readFile }: Readers,
  earlier: Loaded | undefined,
  path: string,
  watcher: SourceWatcher,
  sources: ReadonlySet<string>,
): Promise<{ readonly loaded?: Loaded; readonly mistake?: Error }> {
  for (;;) {
    const found = await load().then(
      (loaded) => ({ loaded }),
      (error: unknown) => ({ mistake: error instanceof Error ? error : new Error(String(error)) }),
    );
    const known = 'loaded' in found ? found.loaded : earlier;
    const file = 'loaded' in found ? found.loaded.plan.file : ((await readFile()) ?? known?.plan.file);
    const code = [...(await codeFiles(path, file)), ...sources].map(watchedFile);
    const places = known ? [...code, ...sourcePatterns(known.plan)] : code;
    const ignored = known ? [known.storeDirectory, join(known.plan.file.directory, 'out')] : [];
    if (!(await watcher.watch(places, ignored))) return found;
  }
}

/** The pipeline file and the files of stages that it names, with all that these import by relative paths. */
async function codeFiles(path: string, file: PipelineFile | undefined): Promise<readonly string[]> {
  const stages = file?.stages.flatMap(({ entry: { uses } }) =>
    isKindPath(uses) ? [resolve(file.directory, uses)] : [],
  );
  const modules = [...(modulePattern.test(path) ? [path] : []), ...(stages ?? [])];
  const files = new Set([path, ...modules]);
  for (const module of modules)
    for (const imported of await moduleTexts(module).then(
      (texts) => texts.keys(),
      () => [],
    ))
      files.add(imported);
  return [...files];
}

function watchedFile(base: string): WatchedPlace {
  return { base, isFolder: false, depth: 0, matches: () => false };
}

/** @param sources gets the files that the stages found by their own means */
async function hasWork(
  { plan, storeDirectory }: Loaded,
  signal: AbortSignal,
  sources: Set<string>,
): Promise<boolean> {
  const store = new Store(storeDirectory);
  const host = localHost(plan.file.directory, store, signal);
  if ((await missingSources(plan, signal)).length > 0) return true;
  let work = false;
  for await (const { state } of examineStages(plan, { store, host })) {
    for (const found of state?.sources.found ?? []) sources.add(found);
    if (!state?.record) work = true;
  }
  return work;
}

/** A watch goes on after everything that a person can mend. */
function show(error: unknown, console: Console): void {
  if (error instanceof UserError)
    for (const text of [error.message, ...error.details, ...(error.hint ? [error.hint] : [])])
      console.error(text);
  else if (error instanceof DiagnosticError) console.error(error.message);
  else throw error;
}

function inWords(paths: readonly string[]): string {
  const shown = paths.slice(0, shownPaths).map((path) => relative(process.cwd(), path));
  return [...shown, ...(paths.length > shownPaths ? [`${paths.length - shownPaths} more`] : [])].join(', ');
}
