import { readFile, stat } from 'node:fs/promises';
import { JsonCursor, NotPlainJson } from './json-cursor.js';
import { RecordColumns, type Fields, type NumberRecords } from './record-columns.js';

/** Larger files are read in pieces, by other means. */
const wholeBytes = 2 ** 29;

const [openBracket, closeBracket, comma] = [0x5b, 0x5d, 0x2c];
const [yes, no] = [Buffer.from('true'), Buffer.from('false')];

/**
 * Reads a list of records out of a JSON file of at most half a gigabyte straight into columns of numbers. The list is the file (`list` is `''`),
 * or a member of the object that the file is; of its other members those named are parsed, the rest is passed over.
 * @returns undefined for whatever is not exactly so, in one element or in the whole: it is to be read by other means,
 *   which know what to complain of
 */
export async function readNumberRecords<F extends Fields>(
  path: string,
  list: string,
  fields: F,
  members: readonly string[] = [],
): Promise<(NumberRecords<F> & { readonly members: ReadonlyMap<string, unknown> }) | undefined> {
  const size = await stat(path).then(
    (stats) => (stats.isFile() ? stats.size : 0),
    () => 0,
  );
  if (size === 0 || size > wholeBytes) return undefined;
  const cursor = new JsonCursor(await readFile(path));
  const records = new RecordColumns(fields);
  const parsed = new Map<string, unknown>();
  try {
    let found = list === '';
    if (found) passRecords(cursor, records);
    else {
      const names = [list, ...members];
      cursor.object(
        names.map((name) => Buffer.from(name)),
        (place) => {
          const name = names[place];
          if (name === undefined) cursor.skip();
          else if (name !== list) parsed.set(name, cursor.value());
          else {
            found = true;
            passRecords(cursor, records);
          }
        },
      );
    }
    if (!found || cursor.peek() !== -1) return undefined;
  } catch (error) {
    if (error instanceof NotPlainJson) return undefined;
    throw error;
  }
  return { count: records.count, columns: records.columns, members: parsed };
}

function passRecords<F extends Fields>(cursor: JsonCursor, records: RecordColumns<F>): void {
  // Twice the same list: the last one counts, as JSON.parse has it.
  records.clear();
  const { fields } = records;
  const names = records.names.map((name) => Buffer.from(name));
  const required = fields.reduce((bits, { optional }, place) => (optional ? bits : bits | (1 << place)), 0);
  /** A bit for each field that the record under way has. */
  let seen = 0;
  const member = (place: number): void => {
    const field = fields[place];
    if (field === undefined) {
      cursor.skip();
      return;
    }
    seen |= 1 << place;
    if (field.kind === 'list') {
      for (let at = 0; at < (field.length ?? 1); at++) {
        cursor.expect(at === 0 ? openBracket : comma);
        records.set(place, finite(cursor.number()), at);
      }
      cursor.expect(closeBracket);
    } else if (field.kind === 'flag') {
      records.set(place, cursor.word(yes) ? 1 : cursor.word(no) ? 0 : bit(cursor.number()));
    } else records.set(place, field.kind === 'whole' ? whole(cursor.number()) : finite(cursor.number()));
  };
  cursor.list(() => {
    seen = 0;
    cursor.object(names, member);
    if ((seen & required) !== required) throw new NotPlainJson();
    for (let place = 0; place < fields.length; place++)
      if (((seen >> place) & 1) === 0) records.set(place, NaN);
    records.next();
  });
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw new NotPlainJson();
  return value;
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value)) throw new NotPlainJson();
  return value;
}

function bit(value: number): number {
  if (value !== 0 && value !== 1) throw new NotPlainJson();
  return value;
}
