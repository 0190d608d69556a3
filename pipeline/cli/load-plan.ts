import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { DiagnosticError, type Diagnostic } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import { parsePipelineFile, type PipelineFile } from '../file/parse.js';
import { planPipeline, type Plan } from '../plan/plan.js';
import type { StageRegistry } from '../stage/registry.js';

const defaultName = 'pipeline.yaml';

/**
 * Splits `[FILE] [STAGE…]`: the first word is the file when it names one (or a folder with a pipeline.yaml in it,
 * or ends like one); otherwise pipeline.yaml of this folder is meant and all words are stages.
 */
function fileAndStages(words: readonly string[]): {
  readonly path: string;
  readonly stages: readonly string[];
} {
  const [first, ...rest] = words;
  if (first !== undefined) {
    const path = resolve(first);
    if (/\.ya?ml$/.test(first)) return { path, stages: rest };
    if (existsSync(path))
      return { path: statSync(path).isDirectory() ? join(path, defaultName) : path, stages: rest };
    if (first.includes('/')) return { path: join(path, defaultName), stages: rest };
  }
  return { path: resolve(defaultName), stages: words };
}

/** How a pipeline file is to be read. */
export interface FileOptions {
  readonly set: readonly string[];
  readonly store?: string | undefined;
}

/** Reads a pipeline file and plans it. @throws DiagnosticError with everything that is wrong with it */
export async function loadPlan(
  words: readonly string[],
  registry: StageRegistry,
  options: FileOptions,
): Promise<{ readonly plan: Plan; readonly storeDirectory: string }> {
  const { file, stages, texts, storeDirectory } = await loadFile(words, options);
  const plan = planPipeline(file, registry, stages);
  if (!plan.ok) throw new DiagnosticError(plan.error, texts);
  return { plan: plan.value, storeDirectory };
}

/** Where the command line's FILE is, for one who does not need it to be without mistakes. */
export function pipelineFilePath(words: readonly string[]): string {
  return fileAndStages(words).path;
}

/** Reads a pipeline file, and does not look at its stages yet. @throws DiagnosticError when it is not well-formed */
export async function loadFile(
  words: readonly string[],
  options: FileOptions,
): Promise<{
  readonly file: PipelineFile;
  readonly stages: readonly string[];
  readonly texts: ReadonlyMap<string, string>;
  readonly storeDirectory: string;
}> {
  const { path, stages } = fileAndStages(words);
  const text = await readFile(path, 'utf8').catch(async () => {
    throw new DiagnosticError([await noSuchFile(path, stages)]);
  });
  const shown = relative(process.cwd(), path);
  const shownAs = shown.startsWith('..') ? path : shown;
  const texts = new Map([[shownAs, text]]);
  const file = parsePipelineFile(text, path, options.set, shownAs);
  if (!file.ok) throw new DiagnosticError(file.error, texts);
  return {
    file: file.value,
    stages,
    texts,
    storeDirectory: options.store === undefined ? file.value.store : resolve(options.store),
  };
}

async function noSuchFile(path: string, stages: readonly string[]): Promise<Diagnostic> {
  const names = (await readdir(dirname(path)).catch(() => [])).filter((name) => /\.ya?ml$/.test(name));
  const near = nearestName(path.slice(dirname(path).length + 1), names) ?? names[0];
  const wanted = stages.length > 0 ? ` (${stages.join(' ')} is no file, so it was taken for a stage)` : '';
  return {
    severity: 'error',
    message: `There is no pipeline file ${path}${wanted}.`,
    hint: near
      ? `Did you mean ${join(dirname(path), near)}?`
      : '`pipeline init quickstart DIR` makes one to start from.',
  };
}
