/** A formula that was understood; the same names always give the same number. */
export type Formula = (names: Readonly<Record<string, number>>) => number;

/** A formula that was not understood. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  constructor(
    message: string,
    /** Counted from 1. */
    readonly column: number,
  ) {
    super(`${message} (at character ${column})`);
  }
}

const functions: Readonly<Record<string, (...values: number[]) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  cos: Math.cos,
  exp: Math.exp,
  floor: Math.floor,
  log: Math.log,
  max: Math.max,
  min: Math.min,
  pow: Math.pow,
  sin: Math.sin,
  sqrt: Math.sqrt,
};

const binary: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  {
    '<=': (a, b) => Number(a <= b),
    '>=': (a, b) => Number(a >= b),
    '==': (a, b) => Number(a === b),
    '<': (a, b) => Number(a < b),
    '>': (a, b) => Number(a > b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => a / b, '%': (a, b) => a % b },
];

interface Token {
  readonly text: string;
  readonly column: number;
}

/**
 * Reads a formula of numbers, names, + - * / % ^, comparisons (1 or 0), `condition ? a : b`, parentheses and the functions
 * abs, ceil, cos, exp, floor, log, max, min, pow, sin and sqrt. Nothing of it is ever run as code.
 * @param names that may stand in it, beside `pi`
 * @throws ExpressionError with the place
 */
export function parseExpression(text: string, names: readonly string[]): Formula {
  const tokens = tokenize(text);
  let next = 0;
  const peek = (): string => tokens[next]?.text ?? '';
  const column = (): number => tokens[next]?.column ?? text.length + 1;
  const expect = (wanted: string): void => {
    if (peek() !== wanted) throw new ExpressionError(`"${wanted}" is expected`, column());
    next++;
  };

  const conditional = (): Formula => {
    const condition = chain(0);
    if (peek() !== '?') return condition;
    next++;
    const yes = conditional();
    expect(':');
    const no = conditional();
    return (values) => (condition(values) !== 0 ? yes(values) : no(values));
  };
  const chain = (level: number): Formula => {
    const operators = binary[level];
    if (!operators) return signed();
    let left = chain(level + 1);
    for (let operation = operators[peek()]; operation; operation = operators[peek()]) {
      const [apply, first] = [operation, left];
      next++;
      const second = chain(level + 1);
      left = (values) => apply(first(values), second(values));
    }
    return left;
  };
  const signed = (): Formula => {
    if (peek() === '-') {
      next++;
      const inner = signed();
      return (values) => -inner(values);
    }
    const base = primary();
    if (peek() !== '^') return base;
    next++;
    const exponent = signed();
    return (values) => base(values) ** exponent(values);
  };
  const primary = (): Formula => {
    const at = column();
    const token = peek();
    next++;
    if (token === '(') {
      const inner = conditional();
      expect(')');
      return inner;
    }
    if (/^[\d.]/.test(token)) {
      const value = Number(token);
      if (!Number.isFinite(value)) throw new ExpressionError(`"${token}" is not a number`, at);
      return () => value;
    }
    if (/^[a-z_]/i.test(token)) return peek() === '(' ? call(token, at) : named(token, at);
    throw new ExpressionError(token === '' ? 'the formula ends too early' : `"${token}" is not expected`, at);
  };
  const call = (name: string, at: number): Formula => {
    const apply = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!apply)
      throw new ExpressionError(`there is no function "${name}"; there are ${Object.keys(functions).join(', ')}`, at); // prettier-ignore
    expect('(');
    const parts = [conditional()];
    while (peek() === ',') {
      next++;
      parts.push(conditional());
    }
    expect(')');
    return (values) => apply(...parts.map((part) => part(values)));
  };
  const named = (name: string, at: number): Formula => {
    if (name === 'pi') return () => Math.PI;
    if (!names.includes(name))
      throw new ExpressionError(`there is no "${name}"; there are ${names.join(', ')}, pi`, at);
    return (values) => values[name] ?? NaN;
  };

  const formula = conditional();
  if (next < tokens.length) throw new ExpressionError(`"${peek()}" is not expected`, column());
  return formula;
}

function tokenize(text: string): Token[] {
  const pattern = /\s*(?:((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[a-z_]\w*|<=|>=|==|[-+*/%^()<>?:,])|(\S))/giy;
  const tokens: Token[] = [];
  for (const match of text.trimEnd().matchAll(pattern)) {
    const found = match[1] ?? match[2] ?? '';
    const column = match.index + match[0].length - found.length + 1;
    if (match[2] !== undefined) throw new ExpressionError(`"${found}" is not expected`, column);
    tokens.push({ text: found, column });
  }
  return tokens;
}
