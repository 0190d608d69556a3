import { canonicalJson } from '../../pipeline/core/canonical-json.js';
import type { JsonObject, JsonValue } from '../../pipeline/core/json.js';
import { nearestName } from '../../pipeline/core/nearest-name.js';
import { RandomStream } from '../../pipeline/core/seed.js';
import { unreachable } from '../../pipeline/core/unreachable.js';

/** How one value is drawn. */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: JsonValue }
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'logUniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'integer'; readonly low: number; readonly high: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly deviation: number }
  | {
      readonly kind: 'pool';
      readonly options: readonly { readonly value: JsonValue; readonly weight: number }[];
    }
  | { readonly kind: 'glob'; readonly pattern: string };

/** A tree of them, as `randomize` holds it. */
export type DistributionTree =
  { readonly leaf: Distribution } | { readonly branches: Readonly<Record<string, DistributionTree>> };

/** A value that is a file out of a glob: the name takes part in the draw, the content in the key. */
export interface AssetChoice extends JsonObject {
  readonly $asset: string;
  readonly digest: string;
}

/** A mistake in a tree and where it stands in it. */
export class DistributionError extends Error {
  override readonly name = 'DistributionError';

  constructor(
    readonly path: readonly (string | number)[],
    readonly problem: string,
  ) {
    super(`${path.join('.') || 'the distribution'}: ${problem}`);
  }
}

export const distributionNames = [
  'uniform',
  'logUniform',
  'integer',
  'normal',
  'choice',
  'weighted',
  'constant',
  'glob',
] as const;

/**
 * Reads a tree: `{ uniform: [2, 6] }`, `{ normal: [mean, deviation] }`, `{ logUniform: [low, high] }`,
 * `{ integer: [low, high] }`, `{ choice: [a, b] }`, `{ weighted: [[a, 3], [b, 1]] }`, `{ constant: value }`,
 * `{ glob: ./hdri/*.exr }`; any other object is a branch, any other value is itself.
 * @throws DistributionError
 */
export function parseDistributions(value: JsonValue, path: readonly string[] = []): DistributionTree {
  if (typeof value !== 'object' || value === null || isList(value))
    return { leaf: { kind: 'constant', value } };
  const names = Object.keys(value);
  const named = names.find((name) => (distributionNames as readonly string[]).includes(name));
  if (named !== undefined) {
    const other = names.find((name) => name !== named);
    if (other !== undefined)
      throw new DistributionError(
        path,
        `${named} and ${other} cannot stand together; a distribution has one key`,
      );
    return { leaf: parseLeaf(named as (typeof distributionNames)[number], value[named] ?? null, path) };
  }
  const [only] = names;
  if (names.length === 1 && only !== undefined && isList(value[only])) {
    const meant = nearestName(only, distributionNames);
    if (meant !== undefined)
      throw new DistributionError(path, `there is no distribution ${only}; did you mean ${meant}?`);
  }
  const branches = names.map(
    (name) => [name, parseDistributions(value[name] ?? null, [...path, name])] as const,
  );
  return { branches: Object.fromEntries(branches) };
}

function parseLeaf(
  name: (typeof distributionNames)[number],
  value: JsonValue,
  path: readonly string[],
): Distribution {
  switch (name) {
    case 'constant':
      return { kind: 'constant', value };
    case 'uniform':
      return { kind: 'uniform', ...range(value, path, name) };
    case 'logUniform': {
      const { low, high } = range(value, path, name);
      if (low <= 0) throw new DistributionError(path, `logUniform needs numbers above 0, not ${low}`);
      return { kind: 'logUniform', low, high };
    }
    case 'integer': {
      const { low, high } = range(value, path, name);
      if (!Number.isInteger(low) || !Number.isInteger(high))
        throw new DistributionError(path, `integer needs whole numbers, not [${low}, ${high}]`);
      return { kind: 'integer', low, high };
    }
    case 'normal': {
      const [mean, deviation] = pair(value, path, 'normal', '[mean, deviation]');
      if (deviation < 0)
        throw new DistributionError(path, `normal needs a deviation of at least 0, not ${deviation}`);
      return { kind: 'normal', mean, deviation };
    }
    case 'choice':
      return { kind: 'pool', options: options(value, path).map((option) => ({ value: option, weight: 1 })) };
    case 'weighted':
      return { kind: 'pool', options: options(value, path).map((option) => weighted(option, path)) };
    case 'glob':
      if (typeof value !== 'string')
        throw new DistributionError(path, 'glob needs a pattern such as ./hdri/*.exr');
      return { kind: 'glob', pattern: value };
    default:
      return unreachable(name);
  }
}

function range(value: JsonValue, path: readonly string[], name: string): { low: number; high: number } {
  const [low, high] = pair(value, path, name, '[low, high]');
  if (low > high) throw new DistributionError(path, `${name} needs [low, high], but ${low} is above ${high}`);
  return { low, high };
}

function pair(value: JsonValue, path: readonly string[], name: string, form: string): [number, number] {
  const [first, second, ...rest] = isList(value) ? value : [];
  if (typeof first !== 'number' || typeof second !== 'number' || rest.length > 0)
    throw new DistributionError(path, `${name} needs ${form}, two numbers, not ${JSON.stringify(value)}`);
  return [first, second];
}

function options(value: JsonValue, path: readonly string[]): readonly JsonValue[] {
  if (!isList(value) || value.length === 0)
    throw new DistributionError(path, 'a choice needs a list of at least one value');
  if (new Set(value.map(canonicalJson)).size < value.length)
    throw new DistributionError(path, 'a choice names a value twice; use weighted to make one more likely');
  return value;
}

function weighted(option: JsonValue, path: readonly string[]): { value: JsonValue; weight: number } {
  const [value, weight] = isList(option) && option.length === 2 ? option : [];
  if (value === undefined || typeof weight !== 'number' || !(weight > 0))
    throw new DistributionError(path, 'weighted needs a list of [value, weight] with weights above 0');
  return { value, weight };
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** The files of a glob pattern: names that never change with the machine, and what they hold. */
export type AssetPool = (pattern: string) => readonly { readonly name: string; readonly digest: string }[];

/**
 * Draws a tree. Each value's stream is named by the seed, by `streamPath` (the frame) and by the value's own place
 * in the tree: another value in the tree, or another frame, moves nothing.
 * @throws DistributionError when a glob has no files
 */
export function sampleTree(
  tree: DistributionTree,
  seed: number,
  streamPath: readonly (string | number)[],
  assets: AssetPool,
): JsonValue {
  if ('branches' in tree) {
    const branches = Object.entries(tree.branches).map(
      ([name, branch]) => [name, sampleTree(branch, seed, [...streamPath, name], assets)] as const,
    );
    return Object.fromEntries(branches);
  }
  return sampleLeaf(tree.leaf, seed, streamPath, assets);
}

function sampleLeaf(
  distribution: Distribution,
  seed: number,
  path: readonly (string | number)[],
  assets: AssetPool,
): JsonValue {
  const stream = new RandomStream(seed, ...path);
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
      return distribution.low + (distribution.high - distribution.low) * stream.next();
    case 'logUniform':
      return distribution.low * (distribution.high / distribution.low) ** stream.next();
    case 'integer':
      return stream.integer(distribution.low, distribution.high);
    case 'normal':
      return stream.normal(distribution.mean, distribution.deviation);
    case 'pool':
      return rendezvous(distribution.options, (option) => canonicalJson(option.value), seed, path).value;
    case 'glob': {
      const files = assets(distribution.pattern).map((file) => ({ ...file, weight: 1 }));
      if (files.length === 0) throw new DistributionError(path, `no file matches ${distribution.pattern}`);
      const file = rendezvous(files, (option) => option.name, seed, path);
      return { $asset: file.name, digest: file.digest } satisfies AssetChoice;
    }
    default:
      return unreachable(distribution);
  }
}

/**
 * Weighted rendezvous hashing (Thaler & Ravishankar 1998; weights as Mosko 2014): every option draws its own
 * exponential waiting time, the shortest wins. One more option only takes the places that it wins itself.
 */
function rendezvous<T extends { readonly weight: number }>(
  pool: readonly T[],
  nameOf: (option: T) => string,
  seed: number,
  path: readonly (string | number)[],
): T {
  let best: { option: T; wait: number } | undefined;
  for (const option of pool) {
    const draw = new RandomStream(seed, ...path, nameOf(option)).next();
    const wait = -Math.log(1 - draw) / option.weight;
    if (best === undefined || wait < best.wait) best = { option, wait };
  }
  if (best === undefined) throw new DistributionError(path, 'the pool is empty');
  return best.option;
}
