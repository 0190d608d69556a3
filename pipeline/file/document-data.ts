import type { Diagnostic, SourceRange } from '../core/diagnostic.js';
import { failure, success, type Result } from '../core/result.js';
import { applySetting } from './settings.js';
import type { DocumentPath, SourceText } from './source-text.js';

/** A pipeline file's document as plain data, with `--set` settings applied in order: they change the document itself. */
export function documentData(
  source: SourceText,
  settings: readonly string[],
): Result<unknown, readonly Diagnostic[]> {
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
  return success(data);
}

/** A mistake at a place of the document. */
export function located(source: SourceText, path: DocumentPath, message: string, hint?: string): Diagnostic {
  const range: SourceRange | undefined = source.locateKey(path);
  return { severity: 'error', message, ...(range ? { range } : {}), ...(hint ? { hint } : {}) };
}
