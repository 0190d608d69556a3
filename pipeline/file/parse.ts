import { basename, dirname, resolve } from 'node:path';
import type { Diagnostic, SourceRange } from '../core/diagnostic.js';
import type { JsonValue } from '../core/json.js';
import { failure, success, type Result } from '../core/result.js';
import { issueDiagnostics } from './issues.js';
import { pipelineFileSchema, type StageEntry } from './schema.js';
import { applySetting } from './settings.js';
import { SourceText, type DocumentPath } from './source-text.js';
import { substitute } from './variables.js';

/** A pipeline file that is well-formed; its stage kinds have not looked at it yet. */
export interface PipelineFile {
  readonly path: string;
  /** Relative paths in the file start here. */
  readonly directory: string;
  readonly name: string;
  readonly seed: number;
  readonly store: string;
  /** In the order of the file. */
  readonly stages: readonly { readonly name: string; readonly entry: StageEntry }[];
  readonly source: SourceText;
}

/**
 * Reads a pipeline file's text: YAML, `--set` settings, schema, variables.
 * @param path absolute; only its name and folder are used
 * @param settings `path=value`, applied in order
 * @param shownAs what diagnostics call the file
 */
export function parsePipelineFile(
  text: string,
  path: string,
  settings: readonly string[] = [],
  shownAs: string = path,
): Result<PipelineFile, readonly Diagnostic[]> {
  const source = new SourceText(shownAs, text);
  const syntaxErrors = source.syntaxErrors();
  if (syntaxErrors.length > 0) return failure(syntaxErrors);
  const mistakes = settings.flatMap((setting) => applySetting(source, setting) ?? []);
  if (mistakes.length > 0) return failure(mistakes);

  let data: unknown;
  try {
    data = source.toJson();
  } catch (error) {
    return failure([located(source, [], `The aliases of this file cannot be resolved: ${String(error)}`)]);
  }
  if (data === null || data === undefined)
    return failure([
      located(
        source,
        [],
        'The file is empty.',
        'Start with `version: 1` and `stages:`, or `pipeline init quickstart DIR`.',
      ),
    ]);
  const vars = (data as { vars?: Record<string, JsonValue> }).vars;
  const substituted = substitute(data, isRecord(vars) ? vars : {}, source, []);
  const checked = pipelineFileSchema.safeParse(substituted.value, { reportInput: true });
  const diagnostics: Diagnostic[] = [
    ...substituted.diagnostics,
    ...(checked.error ? issueDiagnostics(checked.error.issues, source, [], pipelineFileSchema) : []),
  ];
  if (!checked.success || diagnostics.length > 0) return failure(diagnostics);
  const file = checked.data;
  const stages = Object.entries(file.stages).map(([name, entry]) => ({ name, entry }));
  if (stages.length === 0) return failure([located(source, ['stages'], 'The file declares no stage.')]);
  const directory = dirname(path);
  return success({
    path,
    directory,
    name: file.name ?? basename(directory),
    seed: file.seed,
    store: resolve(directory, file.store ?? '.pipeline'),
    stages,
    source,
  });
}

function isRecord(value: unknown): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function located(source: SourceText, path: DocumentPath, message: string, hint?: string): Diagnostic {
  const range: SourceRange | undefined = source.locateKey(path);
  return { severity: 'error', message, ...(range ? { range } : {}), ...(hint ? { hint } : {}) };
}
