import { readdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import fastGlob from 'fast-glob';
import type { Diagnostic, SourceRange } from '../core/diagnostic.js';
import { nearestName } from '../core/nearest-name.js';
import type { UserError } from '../core/user-error.js';
import type { PipelineFile } from '../file/parse.js';
import { placedDiagnostic } from '../file/placed-error.js';
import type { PlannedStage } from '../plan/plan.js';
import type { SourceRequest } from '../stage/definition.js';
import { mirroredUrl } from '../store/remotes/source-mirror.js';

function rangeOf(
  { source }: PipelineFile,
  { declared }: PlannedStage,
  { param }: SourceRequest,
): SourceRange | undefined {
  return source.locateValue(['stages', declared, 'with', ...param]);
}

/** A source file that is required and not there, at its place in the pipeline file, with the nearest name. */
export async function missingFile(
  file: PipelineFile,
  stage: PlannedStage,
  request: SourceRequest,
): Promise<Diagnostic> {
  const range = rangeOf(file, stage, request);
  const url = mirroredUrl(request.pattern, file.store);
  if (url !== undefined) {
    const message = fastGlob.isDynamicPattern(url)
      ? `No object matches ${url}.`
      : `There is no object ${url}.`;
    return { severity: 'error', message, ...(range ? { range } : {}) };
  }
  const path = resolve(file.directory, request.pattern);
  const neighbours = await readdir(dirname(path)).catch(() => []);
  const near = nearestName(basename(path), neighbours);
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

/** A source of which nobody can say whether it is there. */
export function unreachableSource(
  file: PipelineFile,
  stage: PlannedStage,
  request: SourceRequest,
  error: UserError,
): Diagnostic {
  return placedDiagnostic(error, rangeOf(file, stage, request));
}
