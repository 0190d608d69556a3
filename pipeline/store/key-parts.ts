import { digestOfJson, type Digest } from '../core/digest.js';
import type { JsonObject, JsonValue } from '../core/json.js';

/** The digest under which an action's result is recorded. */
export type CacheKey = Digest;

/**
 * Everything that a stage's result depends on. Names of stages, places of files, times and hosts are not here:
 * none of them may make anything run again.
 */
export interface StageKeyParts {
  readonly kind: string;
  /** Raised by the stage's author when its outputs would change for the same inputs. */
  readonly revision: number;
  /** With defaults filled in, without paths: what they point at stands in `sources`. */
  readonly params: JsonValue;
  /** Digests of the artifacts bound to each input, so that an upstream change without effect ends here. */
  readonly inputs: Readonly<Record<string, readonly Digest[]>>;
  /** Of inputs whose kind declares them `named`: what their artifacts are called, in the order of `inputs`. */
  readonly inputNames?: Readonly<Record<string, readonly string[]>>;
  /** Contents of the source files by role; by name where names matter to the result. */
  readonly sources: Readonly<Record<string, JsonValue>>;
  /** Versions of outside tools: Blender's build, the tensor backend. */
  readonly tools: JsonObject;
  /** Absent for stages without randomness. */
  readonly seed?: number;
}

/** Everything that one item of a map stage depends on. */
export interface ItemKeyParts {
  readonly kind: string;
  readonly revision: number;
  readonly tools: JsonObject;
  /** What the stage kind says of the item. */
  readonly item: JsonValue;
}

export function stageKey(parts: StageKeyParts): CacheKey {
  return digestOfJson({ action: 'stage', ...parts });
}

export function itemKey(parts: ItemKeyParts): CacheKey {
  return digestOfJson({ action: 'item', ...parts });
}
