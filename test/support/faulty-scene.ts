import { stageRegistry } from '../../pipeline/stage/registry.js';
import type { RenderFrame } from '../../stages/render/frame.js';
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

/** What `draw` is in each frame of such a file, whatever `at` is. Nothing is rendered. */
export async function drawsOfFrames(frames: number, scene: string): Promise<number[]> {
  if (renderStage.mode !== 'map') throw new Error('render is a map stage');
  const draws: number[] = [];
  const kind: typeof renderStage = {
    ...renderStage,
    async *items(context) {
      if (renderStage.mode !== 'map') return;
      for await (const item of renderStage.items(context))
        draws.push(Number((item as RenderFrame).description.parameters['draw']));
      yield* [];
    },
  };
  const workspace = await Workspace.create(
    { 'faulty.py': scene, 'pipeline.yaml': faultyPipeline(frames, 2) },
    stageRegistry([kind]),
  );
  await workspace.run();
  if (draws.length !== frames) throw new Error(`the stage has ${draws.length} frames, not ${frames}`);
  return draws;
}
