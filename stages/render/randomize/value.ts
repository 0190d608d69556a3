import { z } from 'zod';
import type { JsonValue } from '../../../pipeline/core/json.js';
import { unreachable } from '../../../pipeline/core/unreachable.js';
import { DistributionError, parseDistributions, type Distribution } from '../distributions.js';

/** What a drawn value must be. */
export type ValueKind =
  | { readonly kind: 'number'; readonly min?: number; readonly max?: number; readonly whole?: true }
  | { readonly kind: 'name'; readonly names: readonly string[] }
  | { readonly kind: 'text' }
  | { readonly kind: 'flag' }
  /** Red, green, blue, 0–1, linear. */
  | { readonly kind: 'colour' }
  /** A place: x, y, z in metres. */
  | { readonly kind: 'place' }
  /** The name pattern of objects, or a place. */
  | { readonly kind: 'lookAt' }
  /** What the engine cannot judge. */
  | { readonly kind: 'any' }
  /** A file out of a glob; null for none. */
  | { readonly kind: 'file' };

/** A value that is drawn: what it must be, and what it means. */
export interface DrawnValue {
  readonly kind: ValueKind;
  readonly description: string;
}

/** The drawn values of a block of `randomize`, by name. */
export type DrawnValues = Readonly<Record<string, DrawnValue>>;

/** A number or a distribution of numbers; a normal draw beyond the bounds counts as the bound. */
export function number(
  description: string,
  bounds: { readonly min?: number; readonly max?: number; readonly whole?: true } = {},
): DrawnValue {
  return { kind: { kind: 'number', ...bounds }, description };
}

/** One of a few names, or a distribution over them. */
export function oneOf(description: string, names: readonly string[]): DrawnValue {
  return { kind: { kind: 'name', names }, description };
}

/** The properties of a strict zod object for these values, all optional. */
export function propertiesOf<V extends DrawnValues>(
  values: V,
): { [Name in keyof V]: z.ZodOptional<z.ZodType<JsonValue, JsonValue>> } {
  const entries = Object.entries(values).map(([name, value]) => [name, property(value)] as const);
  return Object.fromEntries(entries) as { [Name in keyof V]: z.ZodOptional<z.ZodType<JsonValue, JsonValue>> };
}

function property({ kind, description }: DrawnValue): z.ZodOptional<z.ZodType<JsonValue, JsonValue>> {
  return (
    z
      .custom<JsonValue>((value) => value !== undefined)
      .superRefine((value, context) => {
        const problem = problemWith(value, kind);
        if (problem) context.addIssue({ code: 'custom', ...problem, input: value });
      })
      // A file that is named by itself is a pool of one.
      .transform((value) => (kind.kind === 'file' && typeof value === 'string' ? { glob: value } : value))
      .meta({ description, ...jsonSchemaOf(kind) })
      .optional()
  );
}

/** A number within its bounds; anything else as it is. */
export function withinBounds(value: JsonValue, kind: ValueKind): JsonValue {
  if (kind.kind !== 'number' || typeof value !== 'number') return value;
  return Math.min(kind.max ?? Infinity, Math.max(kind.min ?? -Infinity, value));
}

function problemWith(
  value: JsonValue,
  kind: ValueKind,
): { message: string; path: (string | number)[] } | undefined {
  try {
    const tree = parseDistributions(value);
    if (!('leaf' in tree)) {
      const [first] = Object.keys(tree.branches);
      return { message: `expected ${inWords(kind)} or a distribution of one`, path: first ? [first] : [] };
    }
    const message = leafProblem(tree.leaf, kind);
    return message === undefined ? undefined : { message, path: [] };
  } catch (error) {
    if (!(error instanceof DistributionError)) throw error;
    return { message: error.problem, path: [...error.path] };
  }
}

function leafProblem(leaf: Distribution, kind: ValueKind): string | undefined {
  switch (leaf.kind) {
    case 'constant':
      return valueProblem(leaf.value, kind);
    case 'pool':
      return leaf.options
        .map(({ value }) => valueProblem(value, kind))
        .find((problem) => problem !== undefined);
    case 'uniform':
    case 'logUniform':
    case 'integer':
      if (kind.kind === 'any') return undefined;
      if (kind.kind !== 'number') return `${leaf.kind} draws numbers, but this takes ${inWords(kind)}`;
      if (kind.whole && leaf.kind !== 'integer') return `${leaf.kind} draws fractions, but this takes ${inWords(kind)}; use integer`; // prettier-ignore
      return valueProblem(leaf.low, kind) ?? valueProblem(leaf.high, kind);
    case 'normal':
      if (kind.kind === 'any') return undefined;
      if (kind.kind !== 'number') return `normal draws numbers, but this takes ${inWords(kind)}`;
      if (kind.whole) return `normal draws fractions, but this takes ${inWords(kind)}; use integer`;
      return valueProblem(leaf.mean, kind);
    case 'glob':
      return kind.kind === 'file' || kind.kind === 'any'
        ? undefined
        : `glob draws files, but this takes ${inWords(kind)}`;
    default:
      return unreachable(leaf);
  }
}

function valueProblem(value: JsonValue, kind: ValueKind): string | undefined {
  return fits(value, kind) ? undefined : `expected ${inWords(kind)}, not ${JSON.stringify(value)}`;
}

function fits(value: JsonValue, kind: ValueKind): boolean {
  switch (kind.kind) {
    case 'number':
      return (
        typeof value === 'number' &&
        value >= (kind.min ?? -Infinity) &&
        value <= (kind.max ?? Infinity) &&
        (!kind.whole || Number.isInteger(value))
      );
    case 'name':
      return typeof value === 'string' && kind.names.includes(value);
    case 'text':
      return typeof value === 'string' && value !== '';
    case 'flag':
      return typeof value === 'boolean';
    case 'colour':
      return numbers(value, 3) && value.every((part) => part >= 0 && part <= 1);
    case 'place':
      return numbers(value, 3);
    case 'lookAt':
      return (typeof value === 'string' && value !== '') || numbers(value, 3);
    case 'any':
      return true;
    case 'file':
      return value === null || (typeof value === 'string' && value !== '');
    default:
      return unreachable(kind);
  }
}

function numbers(value: JsonValue, count: number): value is readonly number[] {
  return Array.isArray(value) && value.length === count && value.every((part) => typeof part === 'number');
}

function inWords(kind: ValueKind): string {
  switch (kind.kind) {
    case 'number': {
      const what = kind.whole ? 'a whole number' : 'a number';
      const { min, max } = kind;
      if (min !== undefined && max !== undefined) return `${what} from ${min} to ${max}`;
      if (min !== undefined) return `${what} of at least ${min}`;
      return max === undefined ? what : `${what} of at most ${max}`;
    }
    case 'name':
      return `one of ${kind.names.join(', ')}`;
    case 'text':
      return 'a name';
    case 'flag':
      return 'true or false';
    case 'colour':
      return 'a colour [red, green, blue] of numbers from 0 to 1';
    case 'place':
      return 'a place [x, y, z] in metres';
    case 'lookAt':
      return 'the name of an object (* and ? stand for any letters) or a place [x, y, z]';
    case 'any':
      return 'a value';
    case 'file':
      return 'a file, { glob: ./folder/* } or null';
    default:
      return unreachable(kind);
  }
}

/** For editors: the plain value, or an object with one distribution. */
function jsonSchemaOf(kind: ValueKind): { anyOf: Record<string, unknown>[] } {
  const pair = { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 };
  const list = { type: 'array', minItems: 1 };
  const ofNumbers = { uniform: pair, logUniform: pair, integer: pair, normal: pair };
  const properties = {
    ...(kind.kind === 'number' ? ofNumbers : {}),
    ...(kind.kind === 'file' ? { glob: { type: 'string' } } : {}),
    choice: list,
    weighted: list,
    constant: {},
  };
  const distribution = {
    type: 'object',
    properties,
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
  };
  return { anyOf: [plainSchema(kind), distribution] };
}

function plainSchema(kind: ValueKind): Record<string, unknown> {
  switch (kind.kind) {
    case 'number':
      return {
        type: kind.whole ? 'integer' : 'number',
        ...(kind.min === undefined ? {} : { minimum: kind.min }),
        ...(kind.max === undefined ? {} : { maximum: kind.max }),
      };
    case 'name':
      return { enum: [...kind.names] };
    case 'text':
      return { type: 'string' };
    case 'flag':
      return { type: 'boolean' };
    case 'colour':
    case 'place':
      return { type: 'array', items: { type: 'number' }, minItems: 3, maxItems: 3 };
    case 'lookAt':
      return { anyOf: [{ type: 'string' }, plainSchema({ kind: 'place' })] };
    case 'any':
      return {};
    case 'file':
      return { type: ['string', 'null'] };
    default:
      return unreachable(kind);
  }
}
