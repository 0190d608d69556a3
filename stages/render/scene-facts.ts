import { access } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import type { JsonValue } from '../../pipeline/core/json.js';
import type { Host } from '../../pipeline/stage/context.js';
import type { FoundSource } from '../../pipeline/stage/definition.js';
import { blenderTool } from '../lib/blender/blender-tool.js';
import { blenderCodeDigest } from './blender-code.js';
import type { RenderParams } from './params.js';
import { inspectionSchema, inspectScene, type SceneInspection } from './scene-inspection.js';

/** A chain of libraries that link libraries is followed so far; nobody nests them deeper. */
const longestChain = 16;

/**
 * What Blender says about a scene, asked again only when the scene, or a library or module that it reads, has other
 * content. Textures are not opened: what they hold changes no answer.
 * @throws UserError when Blender does not answer
 */
export async function sceneFacts(
  params: Pick<RenderParams, 'scene' | 'blender'>,
  host: Host,
): Promise<SceneInspection> {
  const scene = resolve(host.baseDirectory, params.scene);
  const blender = await blenderTool(host, params.blender);
  const base = {
    fact: 'scene',
    path: scene,
    digest: await host.digestOf(scene),
    blender: blender.build,
    code: await blenderCodeDigest(),
  };
  let asked: SceneInspection | undefined;
  const ask = async (): Promise<JsonValue> => {
    asked ??= await inspectScene(blender.path, scene, host);
    return asToBeKept(asked);
  };
  // What is linked decides what else is linked: the answer stands once it is the answer to its own files.
  let reads: JsonValue = null;
  let facts: SceneInspection | undefined;
  for (let step = 0; step < longestChain; step++) {
    facts = inspectionSchema.parse(await host.remember({ ...base, reads }, ask));
    const now = await codeLike(facts, host);
    if (JSON.stringify(now) === JSON.stringify(reads)) break;
    reads = now;
  }
  return facts ?? (await inspectScene(blender.path, scene, host));
}

/** Digests of the files whose content decides what the scene is. */
async function codeLike(facts: SceneInspection, host: Host): Promise<JsonValue> {
  const entries = facts.files
    .filter(({ kind }) => kind === 'library' || kind === 'module')
    .map(async ({ path }) => [path, (await isThere(path)) ? await host.digestOf(path) : null] as const);
  return Promise.all(entries);
}

/** The files that the scene reads, as source files of the stage; those that are not there are left to the checks. */
export async function filesOfScene(
  facts: SceneInspection,
  params: Pick<RenderParams, 'scene'>,
  baseDirectory: string,
): Promise<readonly FoundSource[]> {
  const folder = resolve(baseDirectory, params.scene, '..');
  const found: FoundSource[] = [];
  for (const { path } of facts.files)
    if (await isThere(path))
      found.push({ role: 'scene files', path, name: relative(folder, path).split(sep).join('/') });
  return found;
}

export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function asToBeKept(inspection: SceneInspection): JsonValue {
  return JSON.parse(JSON.stringify(inspection)) as JsonValue;
}
