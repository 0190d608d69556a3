import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const flushBytes = 1 << 20;
const none = -1;

/**
 * Values by groups, kept in a file: a COCO file's annotations by image, a CSV's rows by image. What stays in memory
 * is 20 bytes a value, so a million boxes with their outlines cost 20 MB. First all values are added, then groups
 * are read in any order; `close` removes the file. Values are plain JSON: what JSON leaves out does not come back.
 */
export class GroupedLines<T> {
  readonly #path: string;
  readonly #file: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #written = 0;
  #count = 0;
  /** By value: where it begins, how long it is, and the value of its group before it. */
  #starts = new Float64Array(1024);
  #lengths = new Uint32Array(1024);
  #previous = new Float64Array(1024);
  /** By group: its last value. In the order in which groups first came up. */
  readonly #last = new Map<string, number>();

  /** @param folder where the file may stand; @param name unique there */
  constructor(folder: string, name: string) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, name);
    this.#file = openSync(this.#path, 'w+');
  }

  /** The groups in the order in which they first came up. */
  groups(): IterableIterator<string> {
    return this.#last.keys();
  }

  has(group: string): boolean {
    return this.#last.has(group);
  }

  add(group: string, value: T): void {
    const line = Buffer.from(JSON.stringify(value));
    if (this.#count === this.#starts.length) this.#grow();
    this.#starts[this.#count] = this.#written + this.#pendingBytes;
    this.#lengths[this.#count] = line.length;
    this.#previous[this.#count] = this.#last.get(group) ?? none;
    this.#last.set(group, this.#count++);
    this.#pending.push(line);
    this.#pendingBytes += line.length;
    if (this.#pendingBytes >= flushBytes) this.#flush();
  }

  /** Opens a group without a value. */
  open(group: string): void {
    if (!this.#last.has(group)) this.#last.set(group, none);
  }

  /** The group's values in the order in which they were added; none for a group that nobody opened. */
  values(group: string): readonly T[] {
    this.#flush();
    const values: T[] = [];
    for (let at = this.#last.get(group) ?? none; at !== none; at = this.#previous[at] ?? none) {
      const line = Buffer.allocUnsafe(this.#lengths[at] ?? 0);
      readSync(this.#file, line, 0, line.length, this.#starts[at] ?? 0);
      values.push(JSON.parse(line.toString()) as T);
    }
    return values.reverse();
  }

  close(): void {
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }

  #flush(): void {
    if (this.#pendingBytes === 0) return;
    const data = Buffer.concat(this.#pending);
    for (let done = 0; done < data.length;)
      done += writeSync(this.#file, data, done, data.length - done, this.#written + done);
    this.#written += data.length;
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  #grow(): void {
    const size = this.#starts.length * 2;
    const copy = <A extends Float64Array | Uint32Array>(target: A, values: A): A => {
      target.set(values);
      return target;
    };
    this.#starts = copy(new Float64Array(size), this.#starts);
    this.#lengths = copy(new Uint32Array(size), this.#lengths);
    this.#previous = copy(new Float64Array(size), this.#previous);
  }
}
