import type { StageKind } from './definition.js';

/** All stage kinds that a pipeline file may use, by the name that `uses` gives. */
export type StageRegistry = ReadonlyMap<string, StageKind>;

/** @throws Error when two kinds have the same name, a mistake of the program */
export function stageRegistry(kinds: readonly StageKind[]): StageRegistry {
  const registry = new Map<string, StageKind>();
  for (const kind of [...kinds].sort((a, b) => (a.kind < b.kind ? -1 : 1))) {
    if (registry.has(kind.kind)) throw new Error(`Two stage kinds are called ${kind.kind}.`);
    registry.set(kind.kind, kind);
  }
  return registry;
}
