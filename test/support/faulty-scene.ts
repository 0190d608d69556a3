import { derivedSeed } from '../../pipeline/core/seed.js';
import { framesOf } from '../../stages/render/frame.js';
import { renderParamsSchema } from '../../stages/render/params.js';

const seed = 6;
const randomize = { draw: { uniform: [0, 0.5] } };

/** A pipeline file over test/fixtures/scenes/faulty.py whose frame with the draw `at` crashes. */
export function faultyPipeline(frames: number, at: number): string {
  return `version: 1
seed: ${seed}
stages:
  frames:
    uses: render
    with:
      scene: ./faulty.py
      frames: ${frames}
      resolution: [32, 32]
      engine: { samples: 1, device: cpu }
      cameraDraws: 1
      randomize: ${JSON.stringify({ ...randomize, at, fault: 'crash' })}
`;
}

/** What `draw` is in each frame of such a file, whatever `at` is. */
export function drawsOfFrames(frames: number): readonly number[] {
  const params = renderParamsSchema.parse({ scene: './faulty.py', frames, randomize });
  const described = framesOf({ params, seed: derivedSeed(seed), device: 'cpu', assets: () => [] });
  return Array.from(described, ({ description }) => Number(description.parameters['draw']));
}
