import { stageRegistry } from '../../pipeline/stage/registry.js';
import { parseDistributions, sampleTree } from '../../stages/render/distributions.js';
import { renderStage } from '../../stages/render/stage.js';
import { Workspace } from './workspace.js';

/** A pipeline file over test/fixtures/scenes/faulty.py whose frame with the draw `at` crashes. */
export function faultyPipeline(frames: number, at: number): string {
  return `version: 1
seed: 6
stages:
  frames:
    uses: render
    with:
      scene: ./faulty.py
      frames: ${frames}
      resolution: [32, 32]
      engine: { samples: 1, device: cpu }
      cameraDraws: 1
      randomize: { draw: { uniform: [0, 0.5] }, at: ${at}, fault: crash }
`;
}

/** What `draw` is in each frame of a stage with this seed. */
export function drawsOf(seed: number, frames: number): number[] {
  const tree = parseDistributions({ draw: { uniform: [0, 0.5] } });
  return Array.from({ length: frames }, (_, index) => {
    const { draw } = sampleTree(tree, seed, ['render', index, 'scene'], () => []) as { draw: number };
    return draw;
  });
}

/** The seed that the engine hands to the stage of this file, which it then does not run. */
export async function seedOfStage(pipelineFile: string, scene: string): Promise<number> {
  if (renderStage.mode !== 'map') throw new Error('render is a map stage');
  let seed: number | undefined;
  const kind: typeof renderStage = {
    ...renderStage,
    async *items(context) {
      seed = context.seed;
      await Promise.resolve();
      yield* [];
    },
  };
  const workspace = await Workspace.create(
    { 'faulty.py': scene, 'pipeline.yaml': pipelineFile },
    stageRegistry([kind]),
  );
  await workspace.run();
  if (seed === undefined) throw new Error('the stage was not asked for its items');
  return seed;
}
