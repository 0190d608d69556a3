import { dirname } from 'node:path';
import type { z } from 'zod';
import type { Diagnostic } from '../core/diagnostic.js';
import { durationMs, type Length } from '../core/duration.js';
import { failure, success, type Result } from '../core/result.js';
import { documentData, located } from './document-data.js';
import { nameAndStore } from './identity.js';
import { issueDiagnostics } from './issues.js';
import { pipelineFileSchema, type StageEntry } from './schema.js';
import { fileScope, isRecord, type Environment } from './scope.js';
import { SourceText } from './source-text.js';
import type { SubmitOptions } from './submit-schema.js';
import { scopeLookUp, substitute, type Scope } from './variables.js';

/** A pipeline file that is well-formed; its stage kinds have not looked at it yet. */
export interface PipelineFile {
  readonly path: string;
  /** Relative paths in the file start here. */
  readonly directory: string;
  readonly name: string;
  readonly seed: number;
  readonly store: string;
  /** A program with its arguments that gets to know how a run ended. */
  readonly notify?: readonly string[];
  /** How long a run may begin new work. */
  readonly budget?: Length;
  readonly cache?: z.output<typeof pipelineFileSchema>['cache'];
  readonly submit?: SubmitOptions;
  /** In the order of the file. */
  readonly stages: readonly FileStage[];
  /** What variables and the environment stand for, for the references that are filled in later. */
  readonly scope: Scope;
  readonly source: SourceText;
}

export interface FileStage {
  readonly name: string;
  /** With variables filled in; texts that speak of `${matrix.…}` stand as they are written. */
  readonly entry: StageEntry;
  /** As it is written. */
  readonly written: unknown;
}

/**
 * Reads a pipeline file's text: YAML, `--set` settings, schema, variables.
 * @param path absolute; only its name and folder are used
 * @param settings `path=value`, applied in order
 * @param shownAs what diagnostics call the file
 * @param environment what `${env.NAME}` may stand for, as far as the file declares it
 */
export function parsePipelineFile(
  text: string,
  path: string,
  settings: readonly string[] = [],
  shownAs: string = path,
  environment: Environment = {},
): Result<PipelineFile, readonly Diagnostic[]> {
  const source = textSource(text, shownAs);
  if (!source.ok) return source;
  return readPipelineFile(source.value, path, settings, environment);
}

/** A pipeline file's text as a document. @param shownAs what diagnostics call the file */
export function textSource(text: string, shownAs: string): Result<SourceText, readonly Diagnostic[]> {
  const source = new SourceText(shownAs, text);
  const syntaxErrors = source.syntaxErrors();
  return syntaxErrors.length > 0 ? failure(syntaxErrors) : success(source);
}

/** As parsePipelineFile, for a source that is a document already. */
export function readPipelineFile(
  source: SourceText,
  path: string,
  settings: readonly string[],
  environment: Environment,
): Result<PipelineFile, readonly Diagnostic[]> {
  const document = documentData(source, settings);
  if (!document.ok) return document;
  const data = document.value;
  const { scope, diagnostics: scopeMistakes } = fileScope(isRecord(data) ? data : {}, environment, source);
  const { vars, ...rest } = isRecord(data) ? data : { vars: undefined };
  const substituted = substitute(isRecord(data) ? rest : data, scopeLookUp(scope), source, []);
  const value =
    vars === undefined ? substituted.value : { ...(substituted.value as Record<string, unknown>), vars };
  const checked = pipelineFileSchema.safeParse(value, { reportInput: true });
  const diagnostics: Diagnostic[] = [
    ...scopeMistakes,
    ...substituted.diagnostics,
    ...(checked.error ? issueDiagnostics(checked.error.issues, source, [], pipelineFileSchema) : []),
  ];
  if (!checked.success || diagnostics.length > 0) return failure(diagnostics);
  const file = checked.data;
  const written = (data as { readonly stages: Readonly<Record<string, unknown>> }).stages;
  const stages = Object.entries(file.stages).map(([name, entry]) => ({
    name,
    entry,
    written: written[name],
  }));
  if (stages.length === 0) return failure([located(source, ['stages'], 'The file declares no stage.')]);
  const directory = dirname(path);
  return success({
    path,
    directory,
    ...nameAndStore(file, path),
    seed: file.seed,
    ...(file.notify === undefined ? {} : { notify: [file.notify].flat() }),
    ...(file.budget === undefined ? {} : { budget: { text: file.budget, ms: durationMs(file.budget) } }),
    ...(file.cache ? { cache: file.cache } : {}),
    ...(file.submit ? { submit: file.submit } : {}),
    stages,
    scope,
    source,
  });
}
