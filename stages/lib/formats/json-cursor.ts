/** What a cursor finds is no JSON, or none that it reads: whoever wants a message reads the file by other means. */
export class NotPlainJson extends Error {}

const [quote, backslash, minus, plus, point] = [0x22, 0x5c, 0x2d, 0x2b, 0x2e];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];
const [comma, colon, zero, nine, smallE, largeE] = [0x2c, 0x3a, 0x30, 0x39, 0x65, 0x45];

/** Up to so many digits a whole number is exact in 64 bits, and so is a division of it by such a power of ten. */
const exactDigits = 15;
const powersOfTen = Float64Array.from({ length: exactDigits + 1 }, (_, power) => Number(`1e${power}`));

const escapes: ReadonlySet<number> = new Set(Buffer.from('"\\\\/bfnrtu'));
const literals = ['true', 'false', 'null'].map((word) => Buffer.from(word));
const maxDepth = 100;

/**
 * Goes through the bytes of a JSON file value by value, and makes nothing of those that nobody asks for: no strings,
 * no objects. Numbers are what JSON.parse makes of them.
 */
export class JsonCursor {
  position = 0;

  constructor(private readonly bytes: Buffer) {}

  /** The next byte that is no white space; −1 at the end. It is not passed. */
  peek(): number {
    const { bytes } = this;
    let { position } = this;
    let byte = bytes[position];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++position];
    this.position = position;
    return byte ?? -1;
  }

  /** Passes a byte if it is the next one. */
  takes(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.position++;
    return true;
  }

  expect(byte: number): void {
    if (!this.takes(byte)) throw new NotPlainJson();
  }

  /** @param element passes one element */
  list(element: () => void): void {
    this.expect(openBracket);
    if (this.takes(closeBracket)) return;
    do element();
    while (this.takes(comma));
    this.expect(closeBracket);
  }

  /**
   * Passes an object.
   * @param names  of the properties that are of interest
   * @param member passes the value of one of them, which is given by its place among the names; −1 for another
   */
  object(names: readonly Uint8Array[], member: (name: number) => void): void {
    this.expect(openBrace);
    if (this.takes(closeBrace)) return;
    let likely = 0;
    do {
      const name = this.#name(names, likely);
      this.expect(colon);
      member(name);
      // Most files have the properties of all objects in one order.
      likely = name + 1;
    } while (this.takes(comma));
    this.expect(closeBrace);
  }

  number(): number {
    const first = this.peek();
    const { bytes } = this;
    const start = this.position;
    let position = start;
    let byte: number | undefined = first;
    if (byte === minus) byte = bytes[++position];
    const whole = position;
    let [value, digits] = [0, 0];
    while (byte !== undefined && byte >= zero && byte <= nine) {
      value = 10 * value + (byte - zero);
      byte = bytes[++position];
    }
    digits = position - whole;
    if (digits === 0 || (digits > 1 && bytes[whole] === zero)) throw new NotPlainJson();
    let decimals = 0;
    if (byte === point) {
      byte = bytes[++position];
      const fraction = position;
      while (byte !== undefined && byte >= zero && byte <= nine) {
        value = 10 * value + (byte - zero);
        byte = bytes[++position];
      }
      decimals = position - fraction;
      if (decimals === 0) throw new NotPlainJson();
    }
    let exact = digits + decimals <= exactDigits;
    if (byte === smallE || byte === largeE) {
      exact = false;
      byte = bytes[++position];
      if (byte === minus || byte === plus) byte = bytes[++position];
      const exponent = position;
      while (byte !== undefined && byte >= zero && byte <= nine) byte = bytes[++position];
      if (position === exponent) throw new NotPlainJson();
    }
    this.position = position;
    if (!exact) return Number(bytes.toString('latin1', start, position));
    if (decimals > 0) value /= powersOfTen[decimals] as number;
    return first === minus ? -value : value;
  }

  /** Passes any value. */
  skip(depth = 0): void {
    if (depth > maxDepth) throw new NotPlainJson();
    switch (this.peek()) {
      case quote:
        this.#string();
        break;
      case openBrace:
        this.object([], () => this.skip(depth + 1));
        break;
      case openBracket:
        this.list(() => this.skip(depth + 1));
        break;
      default:
        if (!literals.some((word) => this.word(word))) this.number();
    }
  }

  /** Passes a literal if it is what comes next. */
  word(word: Uint8Array): boolean {
    this.peek();
    for (let i = 0; i < word.length; i++) if (this.bytes[this.position + i] !== word[i]) return false;
    this.position += word.length;
    return true;
  }

  /** Passes any value and parses it. */
  value(): unknown {
    this.peek();
    const start = this.position;
    this.skip();
    try {
      return JSON.parse(this.bytes.toString('utf8', start, this.position));
    } catch (cause) {
      throw new NotPlainJson('no JSON', { cause });
    }
  }

  #string(): void {
    this.expect(quote);
    for (;;) {
      const byte = this.bytes[this.position++];
      if (byte === quote) return;
      if (byte === undefined || byte < 0x20) throw new NotPlainJson();
      if (byte === backslash && !escapes.has(this.bytes[this.position++] ?? 0)) throw new NotPlainJson();
    }
  }

  #name(names: readonly Uint8Array[], likely: number): number {
    if (this.peek() !== quote) throw new NotPlainJson();
    const start = this.position + 1;
    for (let i = 0; i < names.length; i++) {
      const place = (likely + i) % names.length;
      const name = names[place] as Uint8Array;
      let same = 0;
      while (same < name.length && this.bytes[start + same] === name[same]) same++;
      if (same < name.length || this.bytes[start + same] !== quote) continue;
      this.position = start + same + 1;
      return place;
    }
    const from = this.position;
    this.#string();
    // A name that is spelt with escapes may be one of those after all.
    if (names.length > 0 && this.bytes.subarray(from, this.position).includes(backslash))
      throw new NotPlainJson();
    return -1;
  }
}
