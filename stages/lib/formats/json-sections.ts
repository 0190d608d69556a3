import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { hasErrorCode } from '../../../pipeline/core/error-code.js';
import { UserError } from '../../../pipeline/core/user-error.js';

/** Takes the elements of one array, some at a time. @param first the number of the first of them, from 0 */
type Taker = (elements: readonly unknown[], first: number) => void;

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const [openBrace, closeBrace] = [0x7b, 0x7d];
const [openBracket, closeBracket] = [0x5b, 0x5d];
/** Elements are parsed together until they fill this much: few calls, and little memory. */
const batchBytes = 2 ** 20;
/** Up to this size a file is parsed at once, which is faster. */
const wholeBytes = 2 ** 26;

/**
 * Reads a JSON file of any size: either one array (the section `''`), or an object some of whose members are arrays.
 * Elements of the wanted sections are handed on in their order; everything else is skipped, not kept.
 * @returns the names of the sections that were found
 * @throws UserError that names the file, the section and the element for what is no JSON
 */
export async function readJsonSections(
  path: string,
  sections: Readonly<Record<string, Taker>>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const takerOf = (name: string): Taker | undefined => {
    const taker = Object.hasOwn(sections, name) ? sections[name] : undefined;
    if (taker) found.add(name);
    return taker;
  };
  const scan = new SectionScan(path, takerOf);
  try {
    const whole = (await stat(path)).size <= wholeBytes ? parsed(await readFile(path, 'utf8')) : undefined;
    if (whole !== undefined) {
      for (const [name, elements] of Array.isArray(whole) ? [['', whole] as const] : Object.entries(whole))
        if (Array.isArray(elements)) takerOf(name)?.(elements as unknown[], 0);
      return found;
    }
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) scan.push(chunk as Buffer);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new UserError(`There is no file ${path}.`);
    if (hasErrorCode(error, 'EISDIR')) throw new UserError(`${path} is a folder, not a JSON file.`);
    throw error;
  }
  scan.end();
  return found;
}

/** The value when it is an array or an object; undefined for what the scan has to look at, and to complain of. */
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Follows brackets and strings; nothing is parsed but the wanted elements. */
class SectionScan {
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Bytes of the string at the top level that may be a key. */
  #key: number[] | undefined;
  #lastKey: string | undefined;
  #rootIsArray = false;
  #started = false;
  /** The wanted array that is being read. */
  #taker: Taker | undefined;
  #section = '';
  #count = 0;
  #parts: Buffer[] = [];
  #partBytes = 0;

  constructor(
    private readonly path: string,
    private readonly takerOf: (section: string) => Taker | undefined,
  ) {}

  push(chunk: Buffer): void {
    // Where, in this chunk, the bytes of the wanted array that are not handed on yet begin.
    let from = this.#taker ? 0 : -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (byte === backslash) this.#escaped = true;
        else if (byte === quote) this.#inString = false;
        if (this.#inString) this.#key?.push(byte);
        continue;
      }
      switch (byte) {
        case quote:
          this.#inString = true;
          this.#key = this.#depth === 1 && !this.#rootIsArray ? [] : undefined;
          break;
        case colon:
          if (this.#depth === 1 && this.#key) this.#lastKey = Buffer.from(this.#key).toString('utf8');
          break;
        case openBrace:
        case openBracket: {
          const isArray = byte === openBracket;
          if (this.#depth === 0) [this.#rootIsArray, this.#started] = [isArray, true];
          this.#depth += 1;
          const starts = isArray && this.#depth === (this.#rootIsArray ? 1 : 2);
          if (starts && !this.#taker) {
            this.#section = this.#rootIsArray ? '' : (this.#lastKey ?? '');
            this.#taker = this.takerOf(this.#section);
            this.#count = 0;
            if (this.#taker) from = at + 1;
          }
          break;
        }
        case closeBrace:
        case closeBracket:
          this.#depth -= 1;
          if (this.#taker && this.#depth === (this.#rootIsArray ? 0 : 1)) {
            this.#keep(chunk.subarray(from, at));
            this.#hand();
            this.#taker = undefined;
            from = -1;
          }
          break;
        case comma:
          if (
            this.#taker &&
            this.#depth === (this.#rootIsArray ? 1 : 2) &&
            this.#partBytes + at - from >= batchBytes
          ) {
            this.#keep(chunk.subarray(from, at));
            this.#hand();
            from = at + 1;
          }
          break;
      }
    }
    if (this.#taker) this.#keep(Buffer.from(chunk.subarray(from)));
  }

  end(): void {
    if (!this.#started)
      throw new UserError(`${this.path} holds no JSON array and no JSON object.`, {
        hint: 'A COCO file is a JSON object with images, annotations and categories; results are one array.',
      });
    if (this.#depth !== 0 || this.#inString)
      throw new UserError(`${this.path} ends in the middle: it was cut short.`, {
        hint: 'Write or download the file again.',
      });
  }

  #keep(part: Buffer): void {
    this.#parts.push(part);
    this.#partBytes += part.length;
  }

  #hand(): void {
    const text = Buffer.concat(this.#parts).toString('utf8');
    [this.#parts, this.#partBytes] = [[], 0];
    if (text.trim() === '') return;
    const elements = this.#parse(text);
    this.#taker?.(elements, this.#count);
    this.#count += elements.length;
  }

  #parse(text: string): readonly unknown[] {
    try {
      return JSON.parse(`[${text}]`) as unknown[];
    } catch (error) {
      const where = this.#section === '' ? '' : `${this.#section}, `;
      const problem = error instanceof Error ? error.message : String(error);
      throw new UserError(
        `${this.path}: ${where}element ${this.#count + brokenElement(text)} (counted from 0) is no JSON.`,
        {
          details: [problem],
          hint: 'NaN and Infinity are no JSON: leave such elements out, or write numbers.',
        },
      );
    }
  }
}

/** Which of the elements is the first that cannot be parsed. */
function brokenElement(text: string): number {
  let [depth, inString, escaped, start, index] = [0, false, false, 0, 0];
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (inString && character !== undefined) {
      if (escaped) escaped = false;
      else if (character === '\\') escaped = true;
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if ((character === ',' && depth === 0) || character === undefined) {
      try {
        JSON.parse(text.slice(start, at));
      } catch {
        return index;
      }
      start = at + 1;
      index += 1;
    }
  }
  return index;
}
