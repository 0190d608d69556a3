import type { PlanningContext } from '../../pipeline/stage/context.js';
import { globsOf, parseDistributions, type AssetPool } from './distributions.js';
import type { RenderParams } from './params.js';

/** The globs of `randomize`, each once, with the place of the first one in the params. */
export function assetGlobs(
  params: RenderParams,
): readonly { readonly pattern: string; readonly role: string; readonly param: readonly string[] }[] {
  const globs = new Map<string, readonly string[]>();
  for (const { pattern, path } of globsOf(parseDistributions(params.randomize)))
    if (!globs.has(pattern)) globs.set(pattern, path);
  return [...globs].map(([pattern, path]) => ({
    pattern,
    role: `asset ${pattern}`,
    param: ['randomize', ...path, 'glob'],
  }));
}

/** The files of each glob as the engine found them. */
export function assetPool(context: PlanningContext<RenderParams>): AssetPool {
  return (pattern) => context.sources(`asset ${pattern}`).map(({ name, digest }) => ({ name, digest }));
}

/** Where the files are on this machine, by name and content; never part of a key. */
export function assetLocator(
  context: PlanningContext<RenderParams>,
): (name: string, digest: string) => string {
  const paths = new Map<string, string>();
  for (const { role } of assetGlobs(context.params))
    for (const file of context.sources(role)) paths.set(`${file.digest} ${file.name}`, file.path);
  return (name, digest) => {
    const path = paths.get(`${digest} ${name}`);
    if (path === undefined) throw new Error(`The asset ${name} is not among the sources of the stage.`);
    return path;
  };
}
