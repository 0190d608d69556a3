/**
 * What a property of a record is: a number, a whole number, so many numbers in a list, or a yes (1, true) or no (0,
 * false). A property that need not be there is NaN where it is absent.
 */
export interface Field {
  readonly kind: 'number' | 'whole' | 'flag' | 'list';
  /** Of a list. */
  readonly length?: number;
  readonly optional?: boolean;
}
export type Fields = Readonly<Record<string, Field>>;

/** A list of records, column by column. */
export interface NumberRecords<F extends Fields> {
  readonly count: number;
  /** [count], or [count · length] of a list. */
  readonly columns: Readonly<Record<keyof F, Float64Array>>;
}

type Values<F extends Fields> = Readonly<
  Partial<Record<keyof F, number | boolean | readonly number[] | undefined>>
>;

/** A list of records that grows column by column, 8 bytes a number: objects would take more time than what is done with them. */
export class RecordColumns<F extends Fields> implements NumberRecords<F> {
  /** Records so far, without the one under way. */
  count = 0;
  readonly names: readonly string[];
  readonly fields: readonly Field[];
  readonly #lengths: readonly number[];
  readonly #columns: Float64Array[];
  #capacity = 1024;

  constructor(fields: F) {
    this.names = Object.keys(fields);
    this.fields = Object.values(fields);
    this.#lengths = this.fields.map(({ length }) => length ?? 1);
    this.#columns = this.#lengths.map((length) => new Float64Array(this.#capacity * length));
  }

  /** Sets a field of the record under way. @param at the place in its list */
  set(field: number, value: number, at = 0): void {
    (this.#columns[field] as Float64Array)[this.count * (this.#lengths[field] as number) + at] = value;
  }

  /** Ends the record under way, all of whose fields are set, and begins the next one. */
  next(): void {
    this.count += 1;
    if (this.count < this.#capacity) return;
    this.#capacity *= 2;
    for (const [place, column] of this.#columns.entries()) {
      const grown = new Float64Array(2 * column.length);
      grown.set(column);
      this.#columns[place] = grown;
    }
  }

  /** Adds a record as an object. */
  add(values: Values<F>): void {
    for (const [place, name] of this.names.entries()) {
      const value = values[name];
      if (Array.isArray(value)) value.forEach((number: number, at) => this.set(place, number, at));
      else this.set(place, value === undefined ? NaN : Number(value));
    }
    this.next();
  }

  /** Forgets all records. */
  clear(): void {
    this.count = 0;
  }

  get columns(): NumberRecords<F>['columns'] {
    return Object.fromEntries(
      this.names.map((name, place) => [
        name,
        (this.#columns[place] as Float64Array).subarray(0, this.count * (this.#lengths[place] as number)),
      ]),
    ) as NumberRecords<F>['columns'];
  }
}
