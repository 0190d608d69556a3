import { DiagnosticError, type Diagnostic, type SourceRange } from '../core/diagnostic.js';
import type { UserError } from '../core/user-error.js';
import type { SourceText } from './source-text.js';

/** A mistake that showed while the pipeline file was followed, as one at a place in it. */
export function placedDiagnostic(
  { message, details, hint }: UserError,
  range: SourceRange | undefined,
): Diagnostic {
  return {
    severity: 'error',
    message: [message, ...details].join('\n  '),
    ...(range ? { range } : {}),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** As placedDiagnostic, to be thrown, with the line of the file that it is about. */
export function placedError(
  error: UserError,
  { file, text }: Pick<SourceText, 'file' | 'text'>,
  range: SourceRange | undefined,
): DiagnosticError {
  return new DiagnosticError([placedDiagnostic(error, range)], new Map([[file, text]]));
}
