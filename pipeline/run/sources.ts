import { readdir } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import fastGlob from 'fast-glob';
import { concurrently } from '../core/concurrently.js';
import type { Diagnostic } from '../core/diagnostic.js';
import type { Digest } from '../core/digest.js';
import type { JsonValue } from '../core/json.js';
import { nearestName } from '../core/nearest-name.js';
import { UserError } from '../core/user-error.js';
import type { PipelineFile } from '../file/parse.js';
import type { PlannedStage } from '../plan/plan.js';
import type { SourceFile } from '../stage/context.js';
import type { SourceRequest } from '../stage/definition.js';
import { stampOf, type FileMemory } from '../store/file-memory.js';

/** A stage's source files as they were when its key was made. */
export interface StageSources {
  readonly byRole: ReadonlyMap<string, readonly SourceFile[]>;
  /** As they stand in the key: by name where names matter, else contents only. */
  readonly keyParts: Readonly<Record<string, JsonValue>>;
  readonly names: Readonly<Record<string, Readonly<Record<string, Digest>>>>;
  readonly stamps: ReadonlyMap<string, string>;
}

/** Finds and hashes the files that a stage reads beside its inputs; a required one that is missing is a diagnostic. */
export async function readSources(
  file: PipelineFile,
  stage: PlannedStage,
  memory: FileMemory,
): Promise<{ readonly sources: StageSources; readonly diagnostics: readonly Diagnostic[] }> {
  const byRole = new Map<string, SourceFile[]>();
  const diagnostics: Diagnostic[] = [];
  const stamps = new Map<string, string>();
  const named = new Map<string, boolean>();
  const boundInputs = new Set(Object.keys(stage.inputs));
  for (const request of stage.kind.sources?.(stage.params, boundInputs) ?? []) {
    const found = await findFiles(request, file.directory);
    if (found.length === 0 && request.required) diagnostics.push(await missingFile(file, stage, request));
    const files = byRole.get(request.role) ?? [];
    byRole.set(request.role, files);
    named.set(request.role, (named.get(request.role) ?? false) || (request.named ?? false));
    await concurrently(found, 16, async ({ path, name }) => {
      const { digest, sizeBytes, stamp } = await memory.hash(path).catch((cause: unknown) => {
        throw new UserError(
          `${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
          { cause },
        );
      });
      stamps.set(path, stamp);
      files.push({ path, name, digest, sizeBytes });
    });
  }
  const keyParts: Record<string, JsonValue> = {};
  const names: Record<string, Record<string, Digest>> = {};
  for (const [role, files] of byRole) {
    files.sort((a, b) => (a.name < b.name ? -1 : 1));
    names[role] = Object.fromEntries(files.map(({ name, digest }) => [name, digest]));
    keyParts[role] = named.get(role) ? names[role] : files.map(({ digest }) => digest).sort();
  }
  return { sources: { byRole, keyParts, names, stamps }, diagnostics };
}

/** The source files that are no longer what they were when the stage's key was made. */
export async function changedSources(sources: StageSources): Promise<readonly string[]> {
  const changed: string[] = [];
  await concurrently(sources.stamps, 16, async ([path, stamp]) => {
    const now = await stampOf(path).catch(() => undefined);
    if (now?.stamp !== stamp) changed.push(path);
  });
  return changed.sort();
}

async function findFiles(
  request: SourceRequest,
  directory: string,
): Promise<{ path: string; name: string }[]> {
  const pattern = request.pattern.replace(/^(\.\/)+/, '');
  if (!fastGlob.isDynamicPattern(pattern)) {
    const path = resolve(directory, pattern);
    const there = await stampOf(path).then(
      () => true,
      () => false,
    );
    return there ? [{ path, name: basename(path) }] : [];
  }
  const [task] = fastGlob.generateTasks(pattern, { cwd: directory });
  const base = resolve(directory, task?.base ?? '.');
  const paths = await fastGlob(pattern, {
    cwd: directory,
    absolute: true,
    dot: false,
    followSymbolicLinks: true,
  });
  return paths.map((path) => ({ path, name: relative(base, path).split('\\').join('/') }));
}

async function missingFile(
  file: PipelineFile,
  stage: PlannedStage,
  request: SourceRequest,
): Promise<Diagnostic> {
  const path = resolve(file.directory, request.pattern);
  const neighbours = await readdir(dirname(path)).catch(() => []);
  const near = nearestName(basename(path), neighbours);
  const range = file.source.locateValue(['stages', stage.name, 'with', ...request.param]);
  const pattern = fastGlob.isDynamicPattern(request.pattern);
  return {
    severity: 'error',
    message: pattern ? `No file matches ${request.pattern}.` : `There is no file ${request.pattern}.`,
    ...(range ? { range } : {}),
    hint: near
      ? `Did you mean ${request.pattern.slice(0, request.pattern.length - basename(path).length)}${near}?`
      : `Looked for ${path}.`,
  };
}
