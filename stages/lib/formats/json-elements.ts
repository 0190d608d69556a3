import type { Readable } from 'node:stream';
import { annotationError } from './annotation-place.js';

/** One element of a list that stands at the top of a JSON file. */
export interface JsonElement {
  /** The list's name: `annotations`. */
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
 * The elements of the lists at the top of a JSON object of any size (`{"images": […], "annotations": […]}`), one
 * after the other: what is in memory is one element. Every element is parsed by JSON.parse; this only finds where it
 * begins and ends. Lists that are not wanted are passed over unparsed.
 * @throws UserError with file and line: no object at the top, an element that is no JSON, a file that is cut short
 */
export async function* readJsonElements(
  input: Readable | AsyncIterable<Buffer>,
  file: string,
  wanted: ReadonlySet<string>,
): AsyncIterable<JsonElement> {
  const scan = new Scan(file, wanted);
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
  #inWantedList = false;

  constructor(
    private readonly file: string,
    private readonly wanted: ReadonlySet<string>,
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
        if (byte !== openBrace) throw this.#notAnObject();
        this.#begun = true;
        this.#depth = 1;
        continue;
      }
      if (this.#depth === 0) throw this.#error('there is more after the end of the object.');
      const endsElement =
        this.#collecting === 'element' && this.#depth === 2 && (byte === comma || byte === closeBracket);
      if (endsElement) yield this.#element(chunk, start, i);
      if (
        this.#inWantedList &&
        this.#depth === 2 &&
        this.#collecting === 'nothing' &&
        byte !== comma &&
        byte !== closeBracket
      ) {
        this.#collecting = 'element';
        this.#elementLine = this.#line;
        start = i;
      }
      switch (byte) {
        case quote:
          this.#inString = true;
          if (this.#depth === 1 && !this.#expectsValue) {
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
          if (this.#depth === 1 && this.#expectsValue && this.wanted.has(this.#key)) {
            if (byte !== openBracket) throw this.#error(`"${this.#key}" is no list.`);
            this.#inWantedList = true;
            this.#index = 0;
          }
          this.#depth++;
          break;
        case closeBrace:
        case closeBracket:
          this.#depth--;
          if (this.#depth === 1) this.#inWantedList = false;
          break;
      }
    }
    if (this.#collecting !== 'nothing') this.#keep(chunk.subarray(start));
  }

  end(): void {
    if (!this.#begun) throw this.#notAnObject();
    if (this.#depth !== 0 || this.#inString)
      throw this.#error('the file ends in the middle of its object; it was cut short.');
  }

  #element(chunk: Buffer, start: number, end: number): JsonElement {
    const text = this.#take(chunk, start, end);
    const place = { file: this.file, line: this.#elementLine, element: `${this.#key}[${this.#index}]` };
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
        undefined,
        cause,
      );
    }
  }

  #keep(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#partBytes += bytes.length;
    if (this.#partBytes > maxElementBytes)
      throw this.#error(`${this.#key}[${this.#index}] is larger than ${maxElementBytes / 1024 / 1024} MiB.`);
  }

  #take(chunk: Buffer, start: number, end: number): string {
    this.#keep(chunk.subarray(this.#parts.length > 0 ? 0 : start, end));
    const text = Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#partBytes = 0;
    this.#collecting = 'nothing';
    return text;
  }

  #notAnObject(): Error {
    return this.#error('the file is no JSON object.');
  }

  #error(problem: string): Error {
    return annotationError({ file: this.file, line: this.#line }, problem);
  }
}
