import type { Readable } from 'node:stream';
import { annotationError } from './annotation-place.js';

/** One element of a list that stands at the top of a JSON file. */
export interface JsonElement {
  /** The list's name: `annotations`; empty where the file is one list. */
  readonly list: string;
  readonly index: number;
  /** The line of the file on which the element begins. */
  readonly line: number;
  readonly value: unknown;
}

/** A longer element is no annotation: a mask of a million runs stays far below. */
const maxElementBytes = 64 * 1024 * 1024;

const [quote, backslash, newline] = [0x22, 0x5c, 0x0a];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const [comma, colon] = [0x2c, 0x3a];

/**
 * The elements of the lists at the top of a JSON file of any size, one after the other: of the members of an object
 * (`{"images": […], "annotations": […]}`) or, where the list `''` is wanted, of a file that is one list. What is in
 * memory is one element. Every element is parsed by JSON.parse; this only finds where it begins and ends. Lists that
 * are not wanted are passed over unparsed.
 * @param found gets the names of the wanted lists that are there, empty ones among them
 * @throws UserError with file and line: neither object nor wanted list at the top, an element that is no JSON, a file
 *   that is cut short
 */
export async function* readJsonElements(
  input: Readable | AsyncIterable<Buffer>,
  file: string,
  wanted: ReadonlySet<string>,
  found = new Set<string>(),
): AsyncIterable<JsonElement> {
  const scan = new Scan(file, wanted, found);
  for await (const chunk of input as AsyncIterable<Buffer>) yield* scan.read(chunk);
  scan.end();
}

class Scan {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #line = 1;
  /** The bytes of the element or of the key under way, when they are of interest. */
  #parts: Buffer[] = [];
  #partBytes = 0;
  /** 'key': a property's name at the top; 'element': an element of a wanted list; 'nothing': passing over. */
  #collecting: 'key' | 'element' | 'nothing' = 'nothing';
  #elementLine = 1;
  #key = '';
  /** Between a property's name and its value, names are not looked for. */
  #expectsValue = false;
  #index = 0;
  #begun = false;
  /** How deep the elements of the wanted list under way stand; -1 outside of such lists. */
  #listDepth = -1;
  /** How deep the names of lists stand: 1 in an object, nowhere in a file that is one list. */
  #keyDepth = 1;

  constructor(
    private readonly file: string,
    private readonly wanted: ReadonlySet<string>,
    private readonly found: Set<string>,
  ) {}

  *read(chunk: Buffer): Iterable<JsonElement> {
    let start = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0;
      if (byte === newline) this.#line++;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quote) {
          this.#inString = false;
          if (this.#collecting === 'key') this.#key = JSON.parse(this.#take(chunk, start, i + 1)) as string;
        }
        continue;
      }
      if (byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf) continue;
      if (!this.#begun) {
        this.#begin(byte);
        continue;
      }
      if (this.#depth === 0) throw this.#error('there is more after the end of the JSON.');
      if (this.#depth === this.#listDepth) {
        const delimits = byte === comma || byte === closeBracket;
        if (delimits && this.#collecting === 'element') yield this.#element(chunk, start, i);
        if (!delimits && this.#collecting === 'nothing') {
          this.#collecting = 'element';
          this.#elementLine = this.#line;
          start = i;
        }
      }
      switch (byte) {
        case quote:
          this.#inString = true;
          if (this.#depth === this.#keyDepth && !this.#expectsValue) {
            this.#collecting = 'key';
            start = i;
          }
          break;
        case colon:
          if (this.#depth === 1) this.#expectsValue = true;
          break;
        case comma:
          if (this.#depth === 1) this.#expectsValue = false;
          break;
        case openBrace:
        case openBracket:
          if (this.#depth === this.#keyDepth && this.#expectsValue && this.wanted.has(this.#key)) {
            if (byte !== openBracket) throw this.#error(`"${this.#key}" is no list.`);
            this.#startList();
          }
          this.#depth++;
          break;
        case closeBrace:
        case closeBracket:
          this.#depth--;
          if (this.#depth < this.#listDepth) this.#listDepth = -1;
          break;
      }
    }
    if (this.#collecting !== 'nothing') this.#keep(chunk.subarray(start));
  }

  end(): void {
    if (!this.#begun) throw this.#error(`the file is no JSON ${this.#expected}.`);
    if (this.#depth !== 0 || this.#inString)
      throw this.#error('the file ends in the middle of its JSON; it was cut short.');
  }

  #begin(byte: number): void {
    const isList = byte === openBracket && this.wanted.has('');
    if (!isList && byte !== openBrace) throw this.#error(`the file is no JSON ${this.#expected}.`);
    this.#begun = true;
    if (isList) {
      this.#keyDepth = -1;
      this.#startList();
    }
    this.#depth = 1;
  }

  /** The list whose bracket was just read: its elements stand one deeper than that. */
  #startList(): void {
    this.found.add(this.#key);
    this.#listDepth = this.#depth + 1;
    this.#index = 0;
  }

  /** What messages call the element under way. */
  get #name(): string {
    return this.#key === '' ? `element ${this.#index}` : `${this.#key}[${this.#index}]`;
  }

  get #expected(): string {
    return this.wanted.has('') ? 'list' : 'object';
  }

  #element(chunk: Buffer, start: number, end: number): JsonElement {
    const text = this.#take(chunk, start, end);
    const place = { file: this.file, line: this.#elementLine, element: this.#name };
    try {
      return {
        list: this.#key,
        index: this.#index++,
        line: this.#elementLine,
        value: JSON.parse(text) as unknown,
      };
    } catch (cause) {
      throw annotationError(
        place,
        `not JSON: ${text.length > 80 ? `${text.slice(0, 77)}…` : text}`,
        /[:\s[](NaN|-?Infinity)\b/.test(text)
          ? 'NaN and Infinity are no JSON: leave such elements out, or write numbers.'
          : undefined,
        cause,
      );
    }
  }

  #keep(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#partBytes += bytes.length;
    if (this.#partBytes > maxElementBytes)
      throw this.#error(`${this.#name} is larger than ${maxElementBytes / 1024 / 1024} MiB.`);
  }

  #take(chunk: Buffer, start: number, end: number): string {
    this.#keep(chunk.subarray(this.#parts.length > 0 ? 0 : start, end));
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#partBytes = 0;
    this.#collecting = 'nothing';
    return text;
  }

  #error(problem: string): Error {
    return annotationError({ file: this.file, line: this.#line }, problem);
  }
}
