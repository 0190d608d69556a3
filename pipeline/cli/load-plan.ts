import { existsSync, statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { DiagnosticError, type Diagnostic } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import { failure, success, type Result } from '../core/result.js';
import { isKindPath, loadKind } from '../file/load-kind.js';
import { loadModule, modulePattern, type ProvidedModules } from '../file/load-module.js';
import { readIdentity, type PipelineIdentity } from '../file/identity.js';
import { objectSource } from '../file/object-source.js';
import { readPipelineFile, textSource, type PipelineFile } from '../file/parse.js';
import type { Environment } from '../file/scope.js';
import type { SourceText } from '../file/source-text.js';
import { planPipeline, type Plan } from '../plan/plan.js';
import type { StageRegistry } from '../stage/registry.js';
import type { Program } from './program.js';

/** What a folder's pipeline file is called; the first that is there is meant. */
const defaultNames = ['pipeline.yaml', 'pipeline.yml', 'pipeline.ts', 'pipeline.js'];
const fileName = /\.ya?ml$|\.[mc]?[jt]s$/;

/**
 * Splits `[FILE] [STAGE…]`: the first word is the file when it names one (or a folder with a pipeline file in it,
 * or ends like one); otherwise the pipeline file of this folder is meant and all words are stages.
 */
export function fileAndStages(words: readonly string[]): {
  readonly path: string;
  readonly stages: readonly string[];
} {
  const [first, ...rest] = words;
  if (first !== undefined) {
    const path = resolve(first);
    if (fileName.test(first)) return { path, stages: rest };
    if (existsSync(path)) return { path: statSync(path).isDirectory() ? fileIn(path) : path, stages: rest };
    if (first.includes('/')) return { path: fileIn(path), stages: rest };
  }
  return { path: fileIn(resolve('.')), stages: words };
}

function fileIn(folder: string): string {
  const paths = defaultNames.map((name) => join(folder, name));
  return paths.find((path) => existsSync(path)) ?? join(folder, 'pipeline.yaml');
}

/** How a pipeline file is to be read. */
export interface FileOptions {
  readonly set: readonly string[];
  readonly store?: string | undefined;
}

/**
 * Reads a pipeline file, YAML or TypeScript, with the stages that it brings along, and plans it.
 * @throws DiagnosticError with everything that is wrong with it
 */
export async function loadPlan(
  words: readonly string[],
  program: Pick<Program, 'stages' | 'modules'>,
  options: FileOptions,
): Promise<{ readonly plan: Plan; readonly storeDirectory: string }> {
  const { file, stages, storeDirectory } = await loadFile(words, program, options);
  const registry = await usedKinds(file, program);
  if (!registry.ok) throw await withTexts(registry.error);
  const plan = planPipeline({ ...file, store: storeDirectory }, registry.value, stages);
  if (!plan.ok) throw await withTexts(plan.error);
  return { plan: plan.value, storeDirectory };
}

/** Where the command line's FILE is, for one who does not need it to be without mistakes. */
export function pipelineFilePath(words: readonly string[]): string {
  return fileAndStages(words).path;
}

/** What was read of the file on the command line, the words after it, and where its store is. */
interface Loaded<T> {
  readonly file: T;
  readonly stages: readonly string[];
  readonly storeDirectory: string;
}

/** Reads a pipeline file, and does not look at its stages yet. @throws DiagnosticError when it is not well-formed */
export function loadFile(
  words: readonly string[],
  program: Pick<Program, 'modules'>,
  options: FileOptions,
): Promise<Loaded<PipelineFile>> {
  return load(words, program, options, readPipelineFile);
}

/**
 * Reads of a pipeline file by what its past runs are found: what else stands in it may be wrong, and may ask for
 * environment variables that are not set.
 * @throws DiagnosticError when that cannot be told
 */
export function loadIdentity(
  words: readonly string[],
  program: Pick<Program, 'modules'>,
  options: FileOptions,
): Promise<Loaded<PipelineIdentity>> {
  return load(words, program, options, readIdentity);
}

async function load<T extends { readonly store: string }>(
  words: readonly string[],
  program: Pick<Program, 'modules'>,
  options: FileOptions,
  read: (
    source: SourceText,
    path: string,
    settings: readonly string[],
    environment: Environment,
  ) => Result<T, readonly Diagnostic[]>,
): Promise<Loaded<T>> {
  const { path, stages } = fileAndStages(words);
  if (!existsSync(path)) throw new DiagnosticError([await noSuchFile(path, stages)]);
  const shown = relative(process.cwd(), path);
  const source = await sourceAt(path, shown.startsWith('..') ? path : shown, program.modules ?? {});
  if (!source.ok) throw await withTexts(source.error);
  const file = read(source.value, path, options.set, process.env);
  if (!file.ok) throw await withTexts(file.error);
  return {
    file: file.value,
    stages,
    storeDirectory: options.store === undefined ? file.value.store : resolve(options.store),
  };
}

async function sourceAt(
  path: string,
  shownAs: string,
  modules: ProvidedModules,
): Promise<Result<SourceText, readonly Diagnostic[]>> {
  if (!modulePattern.test(path)) return textSource(await readFile(path, 'utf8'), shownAs);
  const loaded = await loadModule(path, modules);
  return loaded.ok ? objectSource(loaded.value, shownAs) : failure([loaded.error]);
}

/** The stage kinds that the file uses: the program's, and those that it names by their path. */
async function usedKinds(
  file: PipelineFile,
  { stages, modules = {} }: Pick<Program, 'stages' | 'modules'>,
): Promise<Result<StageRegistry, readonly Diagnostic[]>> {
  const uses = file.stages.map(({ entry }) => entry.uses);
  const kinds = new Map(await stages.load(uses.filter((name) => !isKindPath(name))));
  const diagnostics: Diagnostic[] = [];
  for (const { name, entry } of file.stages) {
    if (!isKindPath(entry.uses) || kinds.has(entry.uses)) continue;
    const kind = await loadKind(resolve(file.directory, entry.uses), modules);
    if (kind.ok) kinds.set(entry.uses, kind.value);
    else {
      const range = file.source.locateValue(['stages', name, 'uses']);
      diagnostics.push(kind.error.range || !range ? kind.error : { ...kind.error, range });
    }
  }
  return diagnostics.length > 0 ? failure(diagnostics) : success(kinds);
}

/** The diagnostics as an error, with the texts of the files that they point into. */
async function withTexts(diagnostics: readonly Diagnostic[]): Promise<DiagnosticError> {
  const texts = new Map<string, string>();
  for (const { range } of diagnostics) {
    const text = range && (await readFile(resolve(range.file), 'utf8').catch(() => undefined));
    if (range && text !== undefined) texts.set(range.file, text);
  }
  return new DiagnosticError(diagnostics, texts);
}

async function noSuchFile(path: string, stages: readonly string[]): Promise<Diagnostic> {
  const names = (await readdir(dirname(path)).catch(() => [])).filter((name) => fileName.test(name));
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
