import { access, readdir } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { Diagnostic } from '../core/diagnostic.js';
import { digestOfJson } from '../core/digest.js';
import { nearestName } from '../core/nearest-name.js';
import { failure, success, type Result } from '../core/result.js';
import type { StageKind } from '../stage/definition.js';
import { loadModule, modulePattern, type ProvidedModules } from './load-module.js';
import { modulesOf } from './modules-of.js';

/** True when `uses` gives the path of a stage kind instead of a name. */
export function isKindPath(uses: string): boolean {
  return /^\.{0,2}\//.test(uses) && modulePattern.test(uses);
}

const callable = z.custom<unknown>((value) => typeof value === 'function', 'expected a function');
const schema = z.custom<unknown>(
  (value) => typeof (value as { safeParse?: unknown } | undefined)?.safeParse === 'function',
  'expected a zod schema',
);
const artifact = z.object({ type: z.string().min(1), description: z.string() });
const base = {
  kind: z.string().min(1),
  summary: z.string(),
  revision: z.number().int(),
  params: schema,
  inputs: z.record(z.string(), artifact),
  outputs: z
    .record(z.string(), artifact)
    .refine((outputs) => Object.keys(outputs).length > 0, 'expected one at least'),
  seeded: callable,
};
const definition = z.discriminatedUnion('mode', [
  z.object({ ...base, mode: z.literal('whole'), run: callable }),
  z.object({
    ...base,
    mode: z.literal('map'),
    items: callable,
    itemKey: callable,
    batchSize: callable,
    runBatch: callable,
    collect: callable,
  }),
]);

/**
 * A stage kind out of a module of the user's, the default export of which is what defineStage or defineMapStage
 * gave. In keys it is the digest of its source: another name or place of the file re-runs nothing, a change does.
 * @param path absolute
 */
export async function loadKind(
  path: string,
  provided: ProvidedModules,
): Promise<Result<StageKind, Diagnostic>> {
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (!there) return failure(await noSuchFile(path));
  const loaded = await loadModule(path, provided);
  if (!loaded.ok) return loaded;
  const checked = definition.safeParse(loaded.value);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    const isObject = typeof loaded.value === 'object';
    const where = issue && issue.path.length > 0 ? `its ${issue.path.join('.')}: ` : '';
    const problem =
      isObject && issue
        ? `${where}${issue.message.replace(/^Invalid input: /, '')}`
        : `it is a ${typeof loaded.value}`;
    return failure({
      severity: 'error',
      message: `The default export of ${basename(path)} is no stage (${problem}).`,
      hint: "Write export default defineStage({ … }) or defineMapStage({ … }); both come from 'darkroom'.",
    });
  }
  const modules = await modulesOf(path);
  // Where the files lie and what they are called is not in it.
  const identity = `source ${digestOfJson(modules.map(({ digest }) => digest))}`;
  return success({ ...(loaded.value as StageKind), identity, modules });
}

async function noSuchFile(path: string): Promise<Diagnostic> {
  const neighbours = await readdir(dirname(path)).catch(() => []);
  const near = nearestName(
    basename(path),
    neighbours.filter((name) => modulePattern.test(name)),
  );
  return {
    severity: 'error',
    message: `There is no stage ${path}.`,
    hint: near
      ? `Did you mean ${resolve(dirname(path), near)}?`
      : 'A path in `uses` starts from the folder of the pipeline file.',
  };
}
