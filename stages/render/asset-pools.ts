import type { JsonValue } from '../../pipeline/core/json.js';
import type { PlanningContext } from '../../pipeline/stage/context.js';
import { distributionNames, type AssetPool } from './distributions.js';
import type { RenderParams } from './params.js';
import { blockNames } from './randomize/schema.js';

/** The files that frames are made with, on this machine. */
export interface SceneAssets {
  /** Where an asset lies, by name and content; never part of a key. */
  readonly locate: (name: string, digest: string) => string;
  /** Those that every frame may read. */
  readonly files: readonly string[];
}

/** Roles of the source files that every frame depends on. */
const sharedRoles = ['scene', 'scene files', 'files'] as const;

/** The globs of `randomize`, each once, with the place of the first one in the params. */
export function assetGlobs(params: Pick<RenderParams, 'randomize'>): readonly {
  readonly pattern: string;
  readonly role: string;
  readonly param: readonly (string | number)[];
}[] {
  const globs = new Map<string, readonly (string | number)[]>();
  for (const { pattern, path } of globsIn(params.randomize, ['randomize']))
    if (!globs.has(pattern)) globs.set(pattern, path);
  return [...globs].map(([pattern, param]) => ({ pattern, role: `asset ${pattern}`, param }));
}

/** The globs of a tree of distributions, and of the rules in the blocks' lists. */
function* globsIn(
  value: JsonValue | undefined,
  path: readonly (string | number)[],
): Generator<{ readonly pattern: string; readonly path: readonly (string | number)[] }> {
  if (typeof value !== 'object' || value === null) return;
  // A list that is a scene's parameter is a plain value, whatever it holds.
  if (Array.isArray(value) && !blockNames.includes(String(path[1]))) return;
  const entries = Object.entries(value) as [string, JsonValue | undefined][];
  for (const [name, part] of entries) {
    const place = [...path, Array.isArray(value) ? Number(name) : name];
    if (name === 'glob' && typeof part === 'string') yield { pattern: part, path: place };
    else if (!(distributionNames as readonly string[]).includes(name)) yield* globsIn(part, place);
  }
}

/** The files of each glob as the engine found them. */
export function assetPool(context: Pick<PlanningContext<RenderParams>, 'sources'>): AssetPool {
  const pools = new Map<string, ReturnType<AssetPool>>();
  return (pattern) => {
    const known = pools.get(pattern);
    if (known) return known;
    const files = context.sources(`asset ${pattern}`).map(({ name, digest }) => ({ name, digest }));
    pools.set(pattern, files);
    return files;
  };
}

/** Where the files of the scene and the pools are. */
export function assetLocator(context: PlanningContext<RenderParams>): SceneAssets {
  const paths = new Map<string, string>();
  for (const { role } of assetGlobs(context.params))
    for (const file of context.sources(role)) paths.set(`${file.digest} ${file.name}`, file.path);
  return {
    locate: (name, digest) => {
      const path = paths.get(`${digest} ${name}`);
      if (path === undefined) throw new Error(`The asset ${name} is not among the sources of the stage.`);
      return path;
    },
    files: sharedRoles.flatMap((role) => context.sources(role).map(({ path }) => path)),
  };
}
