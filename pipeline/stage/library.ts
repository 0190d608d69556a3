import type { StageKind } from './definition.js';
import { stageRegistry, type StageRegistry } from './registry.js';

/** How to load each stage kind, by the name that `uses` gives. */
export type StageLoaders = Readonly<Record<string, () => Promise<StageKind>>>;

/**
 * The stage kinds of a program, each loaded when a pipeline file uses it: all of them with their schemas take longer
 * than anything else in a run with nothing to do.
 */
export class StageLibrary {
  readonly #loaders: ReadonlyMap<string, () => Promise<StageKind>>;

  constructor(loaders: StageLoaders) {
    this.#loaders = new Map(Object.entries(loaders));
  }

  /** The kinds of these names; all of them where none are said, or where one is unknown: for who lists what there is. */
  async load(names?: readonly string[]): Promise<StageRegistry> {
    const wanted = names?.every((name) => this.#loaders.has(name)) ? new Set(names) : undefined;
    const loading = [...this.#loaders].filter(([name]) => wanted?.has(name) ?? true);
    return stageRegistry(await Promise.all(loading.map(([name, load]) => loadAs(name, load))));
  }
}

/** @throws Error when the kind calls itself otherwise, a mistake of the program */
async function loadAs(name: string, load: () => Promise<StageKind>): Promise<StageKind> {
  const kind = await load();
  if (kind.kind !== name) throw new Error(`The stage kind ${kind.kind} is listed as ${name}.`);
  return kind;
}
