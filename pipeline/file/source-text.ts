import { isMap, isNode, isScalar, isSeq, LineCounter, type Document, type Node, type Pair } from 'yaml';
import type { Diagnostic, SourceRange } from '../core/diagnostic.js';
import { parseYaml } from './parse-yaml.js';

export type DocumentPath = readonly (string | number)[];

const shownLength = 30;

/** A pipeline file's text with the places of everything in it. */
export class SourceText {
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(
    readonly file: string,
    readonly text: string,
    /** The text was made of an object: its lines are nothing that a person has written. */
    private readonly ofObject = false,
  ) {
    this.#document = parseYaml(text, this.#lines);
  }

  /** A document of plain data; mistakes in it are located by their path. */
  static ofObject(file: string, value: unknown): SourceText {
    return new SourceText(file, JSON.stringify(value ?? null), true);
  }

  get document(): Document {
    return this.#document;
  }

  /** What the YAML parser objects to. */
  syntaxErrors(): readonly Diagnostic[] {
    return this.#document.errors.map((error) => {
      const range = this.#range(error.pos[0], error.pos[1]);
      // A bracket that is never closed is found out where the text ends: what swallowed it stands before.
      const open = unclosedReference(this.text.slice(0, error.pos[1]));
      return {
        severity: 'error',
        message: `This is not valid YAML: ${error.message}`,
        range,
        ...(open === undefined ? {} : { hint: this.#unclosedHint(open) }),
      };
    });
  }

  /** The document as plain data. @throws ReferenceError when aliases would blow it up */
  toJson(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 });
  }

  /** Where the value at a path stands; of a missing one, its nearest parent's key. */
  locateValue(path: DocumentPath): SourceRange | undefined {
    if (this.ofObject) return this.#within(path);
    const node = this.#node(path);
    if (isScalar(node) && node.range) return this.#range(node.range[0], node.range[1]);
    if (node && path.length > 0) return this.locateKey(path);
    return path.length > 0 ? this.locateValue(path.slice(0, -1)) : this.#range(0, 1);
  }

  /** Where the key of the entry at a path stands. */
  locateKey(path: DocumentPath): SourceRange | undefined {
    if (this.ofObject) return this.#within(path);
    const last = path.at(-1);
    if (last === undefined) return this.#range(0, 1);
    const parent = this.#node(path.slice(0, -1));
    if (isMap(parent)) {
      const pair = parent.items.find(
        (item: Pair) => isScalar(item.key) && String(item.key.value) === String(last),
      );
      if (pair && isNode(pair.key) && pair.key.range)
        return this.#range(pair.key.range[0], pair.key.range[1]);
    }
    if (isSeq(parent) && typeof last === 'number') {
      const item = parent.items[last];
      if (isNode(item) && item.range) return this.#range(item.range[0], item.range[1]);
    }
    return this.locateKey(path.slice(0, -1));
  }

  #unclosedHint(offset: number): string {
    const { line, column, length } = this.#range(offset, this.text.length);
    const text = this.text.slice(offset, offset + Math.min(length, shownLength));
    return `Is the reference closed that begins in line ${line}, column ${column}: ${text}?`;
  }

  #within(path: DocumentPath): SourceRange {
    return { file: this.file, line: 1, column: 1, length: 1, within: path.join('.') };
  }

  #node(path: DocumentPath): Node | undefined {
    const node = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    return isNode(node) ? node : undefined;
  }

  #range(start: number, end: number): SourceRange {
    const { line, col } = this.#lines.linePos(start);
    const firstLineEnd = this.text.indexOf('\n', start);
    const stop = firstLineEnd === -1 ? end : Math.min(end, firstLineEnd);
    return {
      file: this.file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      length: Math.max(1, stop - start),
    };
  }
}

/** Where the last `${` stands that is not closed before a bracket, a quote or the end of the line. */
function unclosedReference(text: string): number | undefined {
  return [...text.matchAll(/\$\{(?![^{}[\],"'\n]*\})/g)].at(-1)?.index;
}
