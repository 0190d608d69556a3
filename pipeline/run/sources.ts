import { access, opendir } from 'node:fs/promises';
import { basename, isAbsolute, posix, relative, resolve } from 'node:path';
import fastGlob from 'fast-glob';
import picomatch from 'picomatch';
import { DiagnosticError, type Diagnostic } from '../core/diagnostic.js';
import type { Digest } from '../core/digest.js';
import type { JsonValue } from '../core/json.js';
import { UserError } from '../core/user-error.js';
import type { PipelineFile } from '../file/parse.js';
import { moduleRole } from '../plan/changes.js';
import type { Plan, PlannedStage } from '../plan/plan.js';
import type { Host, SourceFile } from '../stage/context.js';
import type { SourceRequest } from '../stage/definition.js';
import type { FileMemory } from '../store/file-memory.js';
import { stampFiles } from '../store/file-stamps.js';
import { mirroredUrl } from '../store/remotes/source-mirror.js';
import { missingFile, unreachableSource } from './missing-file.js';
import { filesInOneFolder } from './one-folder.js';
import { withParamsPlaced } from './params-diagnostic.js';

const earlyNames = 32;

/** Loaded where a source lies in a bucket: most starts have none. */
const bucketSources = () => import('./bucket-sources.js');

/** A stage's source files as they were when its key was made. */
export interface StageSources {
  readonly byRole: ReadonlyMap<string, readonly SourceFile[]>;
  /** As they stand in the key: by name where names matter, else contents only. */
  readonly keyParts: Readonly<Record<string, JsonValue>>;
  /** All by role and name, and the files of a kind that the user brings along, which the key knows as its kind. */
  readonly names: Readonly<Record<string, Readonly<Record<string, Digest>>>>;
  readonly stamps: ReadonlyMap<string, string>;
  /** The paths of those that no pattern names. */
  readonly found: readonly string[];
}

/** A source file, or the folder below which those of a glob lie. */
export interface SourcePattern {
  /** Absolute. */
  readonly base: string;
  readonly isFolder: boolean;
  /** At most so many folders below the base. */
  readonly depth: number;
  readonly matches: (path: string) => boolean;
}

/**
 * Finds and hashes the files that a stage reads beside its inputs.
 * @throws DiagnosticError when a required one is missing or the stage kind objects to one, UserError when one cannot
 * be read
 */
export async function readSources(
  file: PipelineFile,
  stage: PlannedStage,
  memory: FileMemory,
  host: Host,
  signal: AbortSignal,
): Promise<StageSources> {
  const byRole = new Map<string, SourceFile[]>();
  const stamps = new Map<string, string>();
  const named = new Map<string, boolean>();
  for (const request of requestsOf(stage)) {
    const found = await findFiles(request, file, signal);
    if (found.length === 0 && request.required)
      throw new DiagnosticError([await missingFile(file, stage, request)]);
    const files = byRole.get(request.role) ?? [];
    byRole.set(request.role, files);
    named.set(request.role, (named.get(request.role) ?? false) || (request.named ?? false));
    const hashed = await memory.hash(found.map(({ path }) => path));
    for (const [index, { path, name }] of found.entries()) {
      const facts = hashed[index];
      if (!facts) continue;
      stamps.set(path, facts.stamp);
      files.push({ path, name, digest: facts.digest, sizeBytes: facts.sizeBytes });
    }
  }
  const unnamed = await withParamsPlaced(
    file,
    stage,
    async () => (await stage.kind.findSources?.(stage.params, host, (role) => byRole.get(role) ?? [])) ?? [],
  );
  for (const { role, path, name } of unnamed) {
    const [facts] = await memory.hash([path]);
    if (!facts) continue;
    const files = byRole.get(role) ?? [];
    byRole.set(role, files);
    named.set(role, true);
    stamps.set(path, facts.stamp);
    files.push({ path, name, digest: facts.digest, sizeBytes: facts.sizeBytes });
  }
  const keyParts: Record<string, JsonValue> = {};
  const names: Record<string, Record<string, Digest>> = {};
  for (const [role, files] of byRole) {
    files.sort((a, b) => (a.name < b.name ? -1 : 1));
    names[role] = Object.fromEntries(files.map(({ name, digest }) => [name, digest]));
    keyParts[role] = named.get(role) ? names[role] : files.map(({ digest }) => digest).sort();
  }
  if (stage.kind.modules)
    names[moduleRole] = Object.fromEntries(stage.kind.modules.map(({ name, digest }) => [name, digest]));
  return { byRole, keyParts, names, stamps, found: unnamed.map(({ path }) => path) };
}

/** Where a source file of a stage lies, as people call it: its path from the pipeline file's folder. */
export function placeOfSource(
  { stage, sources }: { readonly stage: PlannedStage; readonly sources: StageSources },
  role: string,
  name: string,
  directory: string,
): string | undefined {
  const files = role === moduleRole ? stage.kind.modules : sources.byRole.get(role);
  const path = files?.find((file) => file.name === name)?.path;
  return path === undefined ? undefined : relative(directory, path);
}

/** The required source files of a plan's stages that are not there, as mistakes in the file. Nothing is hashed. */
export async function missingSources(
  { file, stages }: Plan,
  signal: AbortSignal,
): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  for (const stage of stages)
    for (const request of requestsOf(stage)) {
      if (!request.required) continue;
      try {
        if (!(await anyFile(request, file, signal)))
          diagnostics.push(await missingFile(file, stage, request));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        diagnostics.push(unreachableSource(file, stage, request, error));
      }
    }
  return diagnostics;
}

/** Where the source files of a plan's stages lie, there or not: what to watch to see one come, change or go. */
export function sourcePatterns({ file, stages }: Plan): readonly SourcePattern[] {
  const requests = stages.flatMap(requestsOf);
  // Nobody tells when a bucket changes.
  const here = requests.filter(({ pattern }) => mirroredUrl(pattern, file.store) === undefined);
  return here.flatMap((request): SourcePattern[] => {
    const pattern = withoutDot(request.pattern);
    if (!fastGlob.isDynamicPattern(pattern)) {
      const base = resolve(file.directory, pattern);
      return [{ base, isFolder: false, depth: 0, matches: (path) => path === base }];
    }
    const matcher = picomatch(pattern);
    return fastGlob.generateTasks(pattern, { cwd: file.directory }).map((task) => ({
      base: resolve(file.directory, task.base),
      isFolder: true,
      depth: pattern.includes('**') ? Infinity : pattern.split('/').length,
      matches: (path) => matcher(isAbsolute(pattern) ? path : relative(file.directory, path)),
    }));
  });
}

/** The source files that are no longer what they were when the stage's key was made. */
export async function changedSources(sources: StageSources): Promise<readonly string[]> {
  const paths = [...sources.stamps.keys()];
  const now = await stampFiles(paths);
  return paths
    .filter((path, index) => {
      const found = now[index];
      return !found || found instanceof Error || found.stamp !== sources.stamps.get(path);
    })
    .sort();
}

function requestsOf({ kind, params, inputs }: PlannedStage): readonly SourceRequest[] {
  return kind.sources?.(params, new Set(Object.keys(inputs))) ?? [];
}

async function anyFile(
  request: SourceRequest,
  { directory, store }: PipelineFile,
  signal: AbortSignal,
): Promise<boolean> {
  const url = mirroredUrl(request.pattern, store);
  if (url !== undefined) return (await (await bucketSources()).listBucket(url, signal)).length > 0;
  const pattern = withoutDot(request.pattern);
  if (!fastGlob.isDynamicPattern(pattern)) return isThere(resolve(directory, pattern));
  if (await matchesEarly(pattern, directory)) return true;
  for await (const _first of fastGlob.stream(pattern, { cwd: directory })) return true;
  return false;
}

/** Whether one of the first names below the pattern's base matches: a full search of a large folder takes longer. */
async function matchesEarly(pattern: string, directory: string): Promise<boolean> {
  const matches = picomatch(pattern);
  const base = fastGlob.generateTasks(pattern, { cwd: directory })[0]?.base ?? '.';
  const folder = await opendir(resolve(directory, base)).catch(() => undefined);
  if (!folder) return false;
  let looked = 0;
  for await (const entry of folder) {
    if (entry.isFile() && matches(posix.join(base, entry.name))) return true;
    if (++looked === earlyNames) return false;
  }
  return false;
}

async function findFiles(
  request: SourceRequest,
  { directory, store }: PipelineFile,
  signal: AbortSignal,
): Promise<{ path: string; name: string }[]> {
  const url = mirroredUrl(request.pattern, store);
  if (url !== undefined) {
    const { fetchObjects, listBucket } = await bucketSources();
    const objects = await listBucket(url, signal);
    const paths = await fetchObjects(objects, store, signal);
    return paths.map((path, index) => ({ path, name: objects[index]?.nameBelowBase ?? basename(path) }));
  }
  const pattern = withoutDot(request.pattern);
  if (!fastGlob.isDynamicPattern(pattern)) {
    const path = resolve(directory, pattern);
    return (await isThere(path)) ? [{ path, name: basename(path) }] : [];
  }
  const inOneFolder = await filesInOneFolder(pattern, directory);
  if (inOneFolder) return inOneFolder;
  const [task] = fastGlob.generateTasks(pattern, { cwd: directory });
  const base = resolve(directory, task?.base ?? '.');
  const names = await fastGlob(pattern, { cwd: directory, unique: false });
  return names.map((found) => {
    const path = resolve(directory, found);
    return { path, name: path.startsWith(`${base}/`) ? path.slice(base.length + 1) : relative(base, path) };
  });
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function withoutDot(pattern: string): string {
  return pattern.replace(/^(\.\/)+/, '');
}
