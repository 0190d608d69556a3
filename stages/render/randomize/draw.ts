import type { JsonObject, JsonValue } from '../../../pipeline/core/json.js';
import { parseDistributions, sampleTree, type AssetPool, type DistributionTree } from '../distributions.js';
import { withinBounds, type DrawnValues, type ValueKind } from './value.js';

/** What every draw depends on beside its name. */
export interface Dice {
  readonly seed: number;
  readonly assets: AssetPool;
}

/** A block that is read once and drawn for many frames; the path names its streams. */
export type DrawObject = (dice: Dice, path: readonly (string | number)[]) => JsonObject;
export type DrawList = (dice: Dice, path: readonly (string | number)[]) => readonly JsonObject[];

/**
 * Reads those values of a block that are given. Each is drawn from a stream of its own, named by the path and by
 * the value.
 */
export function drawOf(values: DrawnValues, block: Readonly<Record<string, unknown>>): DrawObject {
  const given: [string, DistributionTree, ValueKind][] = [];
  for (const [name, { kind }] of Object.entries(values)) {
    // Checked by the schema of the block.
    const value = block[name] as JsonValue | undefined;
    if (value !== undefined) given.push([name, parseDistributions(value), kind]);
  }
  return (dice, path) => {
    const drawn: Record<string, JsonValue> = {};
    for (const [name, tree, kind] of given)
      drawn[name] = withinBounds(sampleTree(tree, dice.seed, [...path, name], dice.assets), kind);
    return drawn;
  };
}

/** The distributions of a block as they stand, for what is drawn inside Blender. */
export function undrawn(values: DrawnValues, block: Readonly<Record<string, unknown>>): JsonObject {
  const given = Object.keys(values).filter((name) => block[name] !== undefined);
  return Object.fromEntries(given.map((name) => [name, block[name] as JsonValue]));
}

/** A number out of what was drawn, or the default where none was. */
export function numberIn(drawn: JsonObject, name: string, fallback: number): number {
  const value = drawn[name];
  return typeof value === 'number' ? value : fallback;
}
