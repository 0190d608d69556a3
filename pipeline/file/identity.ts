import { basename, dirname, resolve } from 'node:path';
import type { Diagnostic } from '../core/diagnostic.js';
import { failure, success, type Result } from '../core/result.js';
import { documentData } from './document-data.js';
import { issueDiagnostics } from './issues.js';
import { pipelineFileSchema } from './schema.js';
import { isRecord, openScope, type Environment } from './scope.js';
import type { SourceText } from './source-text.js';
import { substitute } from './variables.js';

/** By what a pipeline's runs are found. */
export interface PipelineIdentity {
  readonly name: string;
  /** The folder of the store, absolute. */
  readonly store: string;
  /** The names of its stages, as far as they can be told. */
  readonly stages: readonly { readonly name: string }[];
}

const identitySchema = pipelineFileSchema.pick({ name: true, store: true });

/**
 * Reads of a pipeline file what past runs are found by: for those who look at them, to whom everything else does not
 * matter, neither mistakes in it nor environment variables that it asks for.
 * @param path absolute; only its name and folder are used
 */
export function readIdentity(
  source: SourceText,
  path: string,
  settings: readonly string[],
  environment: Environment,
): Result<PipelineIdentity, readonly Diagnostic[]> {
  const document = documentData(source, settings);
  if (!document.ok) return document;
  const data = isRecord(document.value) ? document.value : {};
  const written = Object.fromEntries(
    Object.entries(data).filter(([key]) => key === 'name' || key === 'store'),
  );
  const { lookUp, diagnostics } = openScope(data, environment, source);
  const substituted = substitute(written, lookUp, source, []);
  const mistakes = [...diagnostics, ...substituted.diagnostics];
  if (mistakes.length > 0) return failure(mistakes);
  const checked = identitySchema.safeParse(substituted.value, { reportInput: true });
  if (!checked.success) return failure(issueDiagnostics(checked.error.issues, source, [], identitySchema));
  const names = isRecord(data['stages']) ? Object.keys(data['stages']) : [];
  return success({ ...nameAndStore(checked.data, path), stages: names.map((name) => ({ name })) });
}

/** What a pipeline is called, and where its store is, also where its file does not say so. */
export function nameAndStore(
  { name, store }: { readonly name?: string | undefined; readonly store?: string | undefined },
  path: string,
): { readonly name: string; readonly store: string } {
  const directory = dirname(path);
  return { name: name ?? basename(directory), store: resolve(directory, store ?? '.pipeline') };
}
