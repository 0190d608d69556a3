import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { nearestName } from '../../../pipeline/core/nearest-name.js';
import { annotationError, type AnnotationPlace } from './annotation-place.js';

/** One line of a CSV file: its cells by the names of their columns. */
export interface CsvRow<Required extends string, Optional extends string> {
  readonly line: number;
  readonly cells: Readonly<Record<Required, string> & Partial<Record<Optional, string>>>;
}

export interface CsvColumns<Required extends string, Optional extends string> {
  /** What messages call the file. */
  readonly file: string;
  readonly required: readonly Required[];
  readonly optional?: readonly Optional[];
}

/** Longer lines are taken for something that is no CSV (a missing quotation mark, a binary file). */
const maxRowChars = 1 << 20;

/** All rows as lists of cells, with the number of the line that each begins at. Streamed; empty lines are left out. */
export async function* readCsvCells(
  input: Readable | string,
  file: string,
): AsyncIterable<{ readonly line: number; readonly cells: readonly string[] }> {
  const options = {
    bom: true,
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: maxRowChars,
  } as const;
  const parser = typeof input === 'string' ? parse(input, options) : parse(options);
  if (typeof input !== 'string') {
    input.once('error', (error) => parser.destroy(error));
    input.pipe(parser);
  }
  let next = 1;
  let cellCount: number | undefined;
  try {
    for await (const row of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      cellCount ??= row.record.length;
      if (row.record.length !== cellCount)
        throw annotationError(
          { file, line: next },
          `the line has ${row.record.length} cells, but the first one has ${cellCount}.`,
        );
      yield { line: next, cells: row.record };
      next = row.info.lines + 1;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const lines: unknown = error['lines'];
    const problem =
      error.code === 'CSV_MAX_RECORD_SIZE'
        ? `a line is longer than ${maxRowChars} characters; is a quotation mark missing, or is it no CSV?`
        : `not CSV: ${error.message}`;
    throw annotationError(
      { file, line: typeof lines === 'number' ? lines : next },
      problem,
      undefined,
      error,
    );
  } finally {
    if (typeof input !== 'string') input.destroy();
  }
}

/**
 * The rows of a CSV file with a header line. Columns may stand in any order; others are passed over.
 * @throws UserError that names the file and the line: no header, a required column missing, a column twice,
 *   cells missing
 */
export async function* readCsv<Required extends string, Optional extends string = never>(
  input: Readable | string,
  columns: CsvColumns<Required, Optional>,
): AsyncIterable<CsvRow<Required, Optional>> {
  let wanted: readonly (readonly [name: string, index: number])[] | undefined;
  for await (const { line, cells } of readCsvCells(input, columns.file)) {
    if (wanted === undefined) {
      wanted = findColumns(cells, columns, { file: columns.file, line });
      continue;
    }
    const values: Record<string, string> = {};
    for (const [name, index] of wanted) values[name] = cells[index] ?? '';
    yield { line, cells: values as CsvRow<Required, Optional>['cells'] };
  }
  if (wanted === undefined)
    throw annotationError({ file: columns.file }, 'the file is empty.', headerHint(columns));
}

function findColumns(
  header: readonly string[],
  columns: CsvColumns<string, string>,
  place: AnnotationPlace,
): readonly (readonly [string, number])[] {
  const indexOf = new Map<string, number>();
  for (const [index, name] of header.map((cell) => cell.trim().toLowerCase()).entries()) {
    if (indexOf.has(name)) throw annotationError(place, `the column "${name}" stands twice.`);
    indexOf.set(name, index);
  }
  for (const name of columns.required)
    if (!indexOf.has(name.toLowerCase())) {
      const near = nearestName(name, header);
      throw annotationError(
        place,
        `the column "${name}" is missing.${near === undefined ? '' : ` Is it called "${near}"?`}`,
        headerHint(columns),
      );
    }
  return [...columns.required, ...(columns.optional ?? [])].flatMap((name) => {
    const index = indexOf.get(name.toLowerCase());
    return index === undefined ? [] : [[name, index] as const];
  });
}

function headerHint(columns: CsvColumns<string, string>): string {
  return `Expected a header line with the columns ${columns.required.join(', ')}.`;
}
