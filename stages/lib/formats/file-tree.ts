import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { UserError } from '../../../pipeline/core/user-error.js';
import { leavesThroughLink, outsideError } from './inside-path.js';

/** Larger texts are read as streams or not at all: nobody writes a label file of this size. */
const maxTextBytes = 64 * 1024 * 1024;

/** The files below one folder that a dataset may be read from, by their paths relative to it, sorted. */
export class FileTree {
  readonly names: readonly string[];
  readonly #names: ReadonlySet<string>;

  /**
   * @param folder absolute
   * @param paths  absolute, below the folder
   * @param followLinks whether files may lie elsewhere, behind links
   */
  constructor(
    readonly folder: string,
    paths: Iterable<string>,
    readonly followLinks = false,
  ) {
    this.names = [...new Set([...paths].map((path) => relative(folder, path).split(sep).join('/')))].sort();
    this.#names = new Set(this.names);
  }

  /** A tree of one file, and the folder that it lies in. */
  static ofFile(path: string, followLinks = false): FileTree {
    const absolute = resolve(path);
    return new FileTree(dirname(absolute), [absolute], followLinks);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The names that a pattern fits, in their order. */
  matching(pattern: RegExp): readonly string[] {
    return this.names.filter((name) => pattern.test(name));
  }

  /** The one file of a tree that has just one. */
  get only(): string {
    const [name, ...others] = this.names;
    if (name !== undefined && others.length === 0) return name;
    throw new UserError(`${this.folder}: one file is expected, but there are ${this.names.length}.`);
  }

  /** @throws UserError when a link leads elsewhere, and links may not be followed */
  async path(name: string): Promise<string> {
    const path = join(this.folder, name);
    if (!this.followLinks && (await leavesThroughLink(this.folder, path)))
      throw outsideError(name, this.folder, { file: name });
    return path;
  }

  /** The whole text of a small file. @throws UserError for a file that is too large */
  async readText(name: string): Promise<string> {
    const path = await this.path(name);
    const { size } = await stat(path);
    if (size > maxTextBytes)
      throw new UserError(`${name} has ${Math.round(size / 1e6)} MB, which no such file should have.`, {
        hint: `At most ${maxTextBytes / 1024 / 1024} MiB are read. Is it the right file?`,
      });
    const text = await readFile(path, 'utf8');
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  }

  async open(name: string): Promise<Readable> {
    return createReadStream(await this.path(name), { highWaterMark: 1 << 18 });
  }
}
