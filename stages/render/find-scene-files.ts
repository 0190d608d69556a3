import type { Host, SourceFile } from '../../pipeline/stage/context.js';
import type { FoundSource } from '../../pipeline/stage/definition.js';
import { checkAssets } from './check-assets.js';
import { checkScene } from './check-scene.js';
import type { RenderParams } from './params.js';
import { filesOfScene, sceneFacts } from './scene-facts.js';

/**
 * What the scene reads beside itself, after a look at whether the scene and the params fit each other.
 * @throws ParamsError that points at what is wrong
 */
export async function findSceneFiles(
  params: RenderParams,
  host: Host,
  sources: (role: string) => readonly SourceFile[],
): Promise<readonly FoundSource[]> {
  await checkAssets(params, host, sources);
  const facts = await sceneFacts(params, host);
  await checkScene(params, facts);
  return filesOfScene(facts, params, host.baseDirectory);
}
