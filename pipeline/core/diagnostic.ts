/** Where in a text something stands. Lines and columns count from 1. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline; at least 1. */
  readonly length: number;
  /** In a file whose lines say nothing: the place in the object that it exports, `stages.frames.with.scene`. */
  readonly within?: string;
}

/** A mistake that a person made, shown at its place together with the way out. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly range?: SourceRange;
  /** What to do about it: the nearest valid name, the command that helps. */
  readonly hint?: string;
}

/**
 * A diagnostic as people read it: `file:line:col: error: message`, the line with a squiggle, the hint.
 * @param text the whole text of the file that the range points into, where it is at hand
 */
export function formatDiagnostic(diagnostic: Diagnostic, text?: string): string {
  const { range, severity, message, hint } = diagnostic;
  const place = placeText(range);
  const lines = [`${place}${severity}: ${message}`];
  const sourceLine = range && range.within === undefined ? text?.split(/\r?\n/)[range.line - 1] : undefined;
  if (range && sourceLine !== undefined) {
    const number = String(range.line);
    const width = Math.max(1, Math.min(range.length, sourceLine.length - range.column + 1));
    lines.push(` ${number} | ${sourceLine}`);
    lines.push(` ${' '.repeat(number.length)} | ${' '.repeat(range.column - 1)}${'~'.repeat(width)}`);
  }
  if (hint) lines.push(`  ${hint}`);
  return lines.join('\n');
}

function placeText(range: SourceRange | undefined): string {
  if (!range) return '';
  if (range.within === undefined) return `${range.file}:${range.line}:${range.column}: `;
  return range.within === '' ? `${range.file}: ` : `${range.file}: ${range.within}: `;
}

/** The pipeline file, or what it names, is wrong; nothing was run. */
export class DiagnosticError extends Error {
  override readonly name = 'DiagnosticError';

  constructor(
    readonly diagnostics: readonly Diagnostic[],
    readonly texts: ReadonlyMap<string, string> = new Map(),
  ) {
    super(
      diagnostics
        .map((diagnostic) => formatDiagnostic(diagnostic, texts.get(diagnostic.range?.file ?? '')))
        .join('\n\n'),
    );
  }
}
